"""Several worker processes on this machine."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import cast

from roadmark.errors import ConfigError
from roadmark.pipeline.executors import WORKER_DIED, A, Failure, Pause, R, Success, Workshop, failure_of


class ProcessExecutor:
    """Several worker processes, each fed one argument at a time, so no more is in flight than there are workers.

    Workers are spawned, not forked (threads and locks of libraries survive no fork), and ignore Ctrl-C: this
    process gets it and ends them. A worker that dies costs its one argument and is replaced. Functions, arguments and
    values are pickled; a worker unpickles the function once.

    Args:
        workers: Number of processes, >= 1.

    Raises:
        ConfigError: Fewer than one worker.
    """

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise ConfigError(f"a process executor needs at least 1 worker, not {workers}")
        self.workers = workers

    def run(
        self, function: Callable[[A], R], arguments: Iterable[A | Pause]
    ) -> Iterator[tuple[int, Success[R] | Failure]]:
        """Yield outcomes as they come; closing the iterator early ends the workers."""
        stream = iter(arguments)
        index = 0
        pickled = b""
        idle: list[_Worker] = []
        busy: dict[Connection, tuple[_Worker, int]] = {}
        exhausted = False
        try:
            while True:
                pause = Pause()
                while not exhausted and len(busy) < self.workers:
                    try:
                        argument = next(stream)
                    except StopIteration:
                        exhausted = True
                        break
                    if isinstance(argument, Pause):
                        pause = argument
                        break
                    try:
                        pickled = pickled or pickle.dumps(function)
                        task = pickled, pickle.dumps(argument)
                    except Exception as error:  # pickle raises whatever an object's reduction raises
                        yield index, failure_of(error)
                    else:
                        worker = _started(*task, idle)
                        busy[worker.connection] = (worker, index)
                    index += 1
                if exhausted and not busy:
                    return
                if not busy:
                    time.sleep(pause.seconds)
                for ready in wait(list(busy), pause.timeout):
                    worker, done = busy.pop(cast(Connection, ready))
                    outcome: Success[R] | Failure = worker.outcome()
                    if worker.alive:
                        idle.append(worker)
                    yield done, outcome
        finally:
            for worker in [*idle, *(worker for worker, _ in busy.values())]:
                worker.stop()


def _started(function: bytes, argument: bytes, idle: list[_Worker]) -> _Worker:
    """A worker that has the task: an idle one, unless it died meanwhile, or a new one."""
    while idle:
        worker = idle.pop()
        if worker.start(function, argument):
            return worker
        worker.stop()
    worker = _Worker()
    worker.start(function, argument)  # should it be dead already, reading its outcome says so
    return worker


class _Worker:
    """A spawned process at the other end of a pipe."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.alive = True
        self._has_function = False
        self._process: SpawnProcess = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()  # so that reading our end fails when the process is gone

    def start(self, function: bytes, argument: bytes) -> bool:
        try:
            self.connection.send_bytes(b"" if self._has_function else function)
            self.connection.send_bytes(argument)
        except OSError:
            return False
        self._has_function = True
        return True

    def outcome(self) -> Success[R] | Failure:
        try:
            outcome: Success[R] | Failure = pickle.loads(self.connection.recv_bytes())  # noqa: S301 (our own worker)
            return outcome
        except (EOFError, OSError):
            self.alive = False
            self._process.join()
            self.connection.close()
            return Failure(WORKER_DIED, f"its worker process died ({_describe_exit(self._process.exitcode)})")

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()
        self.connection.close()


def _serve(connection: Connection) -> None:
    """A worker's life: take a task, answer with its outcome, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    workshop = Workshop()
    while True:
        try:
            function, argument = connection.recv_bytes(), connection.recv_bytes()
        except (EOFError, OSError):
            return
        answer = workshop.answer(function, argument)
        try:
            connection.send_bytes(answer)
        except OSError:
            return  # nobody waits for it any more


def _describe_exit(code: int | None) -> str:
    if code is not None and code < 0:
        name = next((s.name for s in signal.Signals if s == -code), str(-code))
        return f"killed by {name}; out of memory?" if name == "SIGKILL" else f"killed by {name}"
    return f"exit code {code}"
