"""Many machines: a Ray cluster, or the cores of this one under Ray's care. Needs the extra `roadmark[ray]`."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import pickle
import socket
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from roadmark.errors import ConfigError, InputError, MissingExtraError
from roadmark.pipeline.executors import WORKER_DIED, A, Failure, Pause, R, Success, Workshop, failure_of

_OBJECT_STORE_BYTES = 100 << 20  # what travels are names of files; Ray's least is 75 MiB
_ANSWERS_WITHIN = 10.0  # seconds; Ray itself waits for minutes
_CHECKED_EVERY = 5.0  # seconds between looks at whether there is a node at all
_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",  # reports nothing to anybody
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # what future versions of Ray do; else they say so every time
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".*",  # no logs of nodes on standard output; what became of an item is its outcome
    "RAY_task_oom_retries": "0",  # what is killed for its memory counts as any other loss, and is not tried for ever
}


class RayExecutor:
    """Ray tasks, one argument each, no more in flight than there are processors, so memory stays bounded.

    A worker or node that is lost costs nothing but time: Ray runs its argument again elsewhere, at most `retries`
    times; then it is the argument's failure. So is a cluster without any node to run on, after `patience`. Functions,
    arguments and values are pickled; a worker unpickles the function once. All nodes need the same Roadmark and the
    same paths to inputs and outputs (a shared file system).

    A runtime that this process is connected to already is used and left as it is; another one is connected to, or
    started, by the first run and left when the executor is closed. It is a context manager.

    Args:
        address: Of a cluster (`auto`, `host:port`, `ray://host:port`); None starts a runtime on this machine.
        workers: Arguments in flight; by default as many as the cluster has processors.
        retries: How often an argument is run again whose worker was lost.
        patience: Seconds that arguments wait for a cluster without nodes.

    Raises:
        ConfigError: Numbers that make no sense.
    """

    def __init__(
        self, address: str | None = None, *, workers: int | None = None, retries: int = 2, patience: float = 60.0
    ) -> None:
        if workers is not None and workers < 1:
            raise ConfigError(f"a Ray executor needs at least 1 worker, not {workers}")
        if retries < 0 or not patience >= 0:
            raise ConfigError(f"retries {retries} and patience {patience} must not be negative")
        self.address = address
        self.workers = workers
        self._retries = retries
        self._patience = patience
        self._ray: Any = None
        self._connected = False
        self._alone_since: float | None = None

    def run(
        self, function: Callable[[A], R], arguments: Iterable[A | Pause]
    ) -> Iterator[tuple[int, Success[R] | Failure]]:
        """Yield outcomes as they come; closing the iterator early cancels what runs.

        Raises:
            MissingExtraError: Ray is not installed.
            InputError: The cluster cannot be reached.
        """
        ray = self._runtime()
        call = ray.remote(max_retries=self._retries, num_cpus=1)(_answer)
        stream = iter(arguments)
        index = 0
        pickled: Any = None  # kept by Ray, so that it travels to each node once
        running: dict[Any, int] = {}
        exhausted = False
        try:
            while True:
                pause = Pause()
                while not exhausted and len(running) < self._room(ray):
                    try:
                        argument = next(stream)
                    except StopIteration:
                        exhausted = True
                        break
                    if isinstance(argument, Pause):
                        pause = argument
                        break
                    try:
                        pickled = pickled or ray.put(pickle.dumps(function))
                        running[call.remote(pickled, pickle.dumps(argument))] = index
                    except Exception as error:  # pickle raises whatever an object's reduction raises
                        yield index, failure_of(error)
                    index += 1
                if exhausted and not running:
                    return
                yield from self._ended(ray, running, pause)
        finally:
            for reference in running:
                _cancel(ray, reference)

    def _ended(self, ray: Any, running: dict[Any, int], pause: Pause) -> Iterator[tuple[int, Success[Any] | Failure]]:
        """Wait a while for what runs; take out what has ended, and everything where no node is left to run it."""
        if not running:
            time.sleep(pause.seconds)
            return
        ready, _ = ray.wait(list(running), num_returns=1, timeout=min(pause.seconds, _CHECKED_EVERY))
        for reference in ready:
            yield running.pop(reference), _outcome(ray, reference, self._retries)
        if ready or _processors(ray):
            self._alone_since = None
            return
        self._alone_since = self._alone_since or time.monotonic()
        if time.monotonic() - self._alone_since >= self._patience:
            for reference in list(running):
                _cancel(ray, reference)
                said = f"no Ray node to run it on for {self._patience:g} s; start one, and run again"
                yield running.pop(reference), Failure(WORKER_DIED, said)

    def close(self) -> None:
        """Leave the runtime, if this executor connected to it; one that it started ends."""
        if self._connected:
            self._ray.shutdown()
            self._connected = False

    def __enter__(self) -> RayExecutor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _room(self, ray: Any) -> int:
        """Arguments to have in flight; at least one, which then waits for a node."""
        return self.workers or max(int(_processors(ray)), 1)

    def _runtime(self) -> Any:
        os.environ.update(_ENVIRONMENT)  # before Ray is imported
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of what Ray imports
                self._ray = importlib.import_module("ray")
        except ImportError:
            raise MissingExtraError("ray", "ray") from None
        if not self._ray.is_initialized():
            self._connect()
            self._connected = True
        return self._ray

    def _connect(self) -> None:
        quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
        try:
            if self.address is not None:
                _check_answers(self.address)
                self._ray.init(address=self.address, **quiet)
                return
            self._ray.init(
                address="local",
                num_cpus=self.workers or os.cpu_count(),
                include_dashboard=False,
                object_store_memory=_OBJECT_STORE_BYTES,
                _node_ip_address="127.0.0.1",
                **quiet,
            )
        except (OSError, RuntimeError, ValueError, AssertionError) as error:
            where = "on this machine" if self.address is None else f"at {self.address}"
            raise InputError(f"no Ray runtime {where}: {error}; start one with: ray start --head") from error


def _check_answers(address: str) -> None:
    """Knock at an address, if it is one."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), _ANSWERS_WITHIN).close()


_workshop = Workshop()


def _answer(function: bytes, argument: bytes) -> bytes:
    """What a Ray worker does; Ray keeps the process, and with it the workshop, for the next task."""
    return _workshop.answer(function, argument)


def _outcome(ray: Any, reference: Any, retries: int) -> Success[Any] | Failure:
    try:
        outcome: Success[Any] | Failure = pickle.loads(ray.get(reference))  # noqa: S301 (our own worker)
        return outcome
    except ray.exceptions.RayError as error:  # the worker or its node is gone, as often as it was allowed to be
        tried = f" in each of {retries + 1} attempts" if retries else ""
        return Failure(WORKER_DIED, f"its Ray worker died{tried} ({type(error).__name__})")


def _processors(ray: Any) -> float:
    return float(ray.cluster_resources().get("CPU", 0.0))


def _cancel(ray: Any, reference: Any) -> None:
    with contextlib.suppress(Exception):  # the runtime itself may be gone
        ray.cancel(reference, force=True)
