"""Executors: where the items of a stage run. All keep one contract, so what comes out does not depend on which is used.

An executor takes a function and a stream of arguments and yields ``(index, outcome)`` as outcomes come. It pulls an
argument only when it can start it, so whoever feeds the stream can stop it; what has started is finished. A function
that raises, or takes its process down with it, is the `Failure` of that one argument and never the end of the run.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Generic, Protocol, TypeVar, cast

from roadmark.errors import ConfigError

A = TypeVar("A")
R = TypeVar("R")


@dataclass(frozen=True)
class Success(Generic[R]):
    """A function returned."""

    value: R


@dataclass(frozen=True)
class Failure:
    """A function raised, or its process died.

    Attributes:
        type: Class name of the exception, or "WorkerDied".
        message: Its message.
        traceback: Where, for a log; empty where there is none.
    """

    type: str
    message: str
    traceback: str = ""


class Executor(Protocol):
    """Runs a function over arguments."""

    def run(self, function: Callable[[A], R], arguments: Iterable[A]) -> Iterator[tuple[int, Success[R] | Failure]]:
        """Yield (index of the argument, outcome) in order of completion, exactly one for each argument."""


class SequentialExecutor:
    """One after the other, in this process: the default, and the one to debug with."""

    def run(self, function: Callable[[A], R], arguments: Iterable[A]) -> Iterator[tuple[int, Success[R] | Failure]]:
        """Yield outcomes in the order of the arguments."""
        for index, argument in enumerate(arguments):
            yield index, _attempt(function, argument)


class ProcessExecutor:
    """Several worker processes, each fed one argument at a time, so no more is in flight than there are workers.

    Workers are spawned, not forked (threads and locks of libraries survive no fork), and ignore Ctrl-C: this
    process gets it and ends them. A worker that dies costs its one argument and is replaced. Functions, arguments and
    values are pickled.

    Args:
        workers: Number of processes, >= 1.

    Raises:
        ConfigError: Fewer than one worker.
    """

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise ConfigError(f"a process executor needs at least 1 worker, not {workers}")
        self.workers = workers

    def run(self, function: Callable[[A], R], arguments: Iterable[A]) -> Iterator[tuple[int, Success[R] | Failure]]:
        """Yield outcomes as they come; closing the iterator early ends the workers."""
        queue = enumerate(arguments)
        idle: list[_Worker] = []
        busy: dict[Connection, tuple[_Worker, int]] = {}
        exhausted = False
        try:
            while True:
                while not exhausted and len(busy) < self.workers:
                    entry = next(queue, None)
                    if entry is None:
                        exhausted = True
                        break
                    index, argument = entry
                    try:
                        task = pickle.dumps((function, argument))
                    except Exception as error:  # pickle raises whatever an object's reduction raises
                        yield index, _failure(error)
                        continue
                    worker = _started(task, idle)
                    busy[worker.connection] = (worker, index)
                if not busy:
                    return
                for ready in wait(list(busy)):
                    worker, index = busy.pop(cast(Connection, ready))
                    outcome: Success[R] | Failure = worker.outcome()
                    if worker.alive:
                        idle.append(worker)
                    yield index, outcome
        finally:
            for worker in [*idle, *(worker for worker, _ in busy.values())]:
                worker.stop()


def _started(task: bytes, idle: list[_Worker]) -> _Worker:
    """A worker that has the task: an idle one, unless it died meanwhile, or a new one."""
    while idle:
        worker = idle.pop()
        if worker.start(task):
            return worker
        worker.stop()
    worker = _Worker()
    worker.start(task)  # should it be dead already, reading its outcome says so
    return worker


class _Worker:
    """A spawned process at the other end of a pipe."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.alive = True
        self._process: SpawnProcess = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()  # so that reading our end fails when the process is gone

    def start(self, task: bytes) -> bool:
        try:
            self.connection.send_bytes(task)
        except OSError:
            return False
        return True

    def outcome(self) -> Success[R] | Failure:
        try:
            outcome: Success[R] | Failure = pickle.loads(self.connection.recv_bytes())  # noqa: S301 (our own worker)
            return outcome
        except (EOFError, OSError):
            self.alive = False
            self._process.join()
            self.connection.close()
            return Failure("WorkerDied", f"its worker process died ({_describe_exit(self._process.exitcode)})")

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()
        self.connection.close()


def _serve(connection: Connection) -> None:
    """A worker's life: take a task, answer with its outcome, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = connection.recv_bytes()
        except (EOFError, OSError):
            return
        try:
            function, argument = pickle.loads(task)  # noqa: S301 (our own parent process)
            outcome: Success[object] | Failure = _attempt(function, argument)
            answer = pickle.dumps(outcome)
        except Exception as error:  # what cannot be unpickled here, or pickled for the way back
            answer = pickle.dumps(_failure(error))
        try:
            connection.send_bytes(answer)
        except OSError:
            return  # nobody waits for it any more


def _attempt(function: Callable[[A], R], argument: A) -> Success[R] | Failure:
    try:
        return Success(function(argument))
    except (Exception, SystemExit) as error:
        return _failure(error)


def _failure(error: BaseException) -> Failure:
    return Failure(type(error).__name__, str(error), "".join(traceback.format_exception(error)))


def _describe_exit(code: int | None) -> str:
    if code is not None and code < 0:
        name = next((s.name for s in signal.Signals if s == -code), str(-code))
        return f"killed by {name}; out of memory?" if name == "SIGKILL" else f"killed by {name}"
    return f"exit code {code}"
