"""Encoding beside rendering: a small pool of threads with bounded memory that never loses an error.

Image libraries release Python's lock while they compress, so plain threads use the cores rendering leaves idle.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple


class _Task(NamedTuple):
    run: Callable[..., object]
    arguments: tuple[Any, ...]
    lane: str | None


class EncoderPool:
    """Runs tasks in a few threads, in order within a lane; a context manager.

    Tasks of one lane (a video, a label table) run one after another in the order they were given; tasks without a lane
    run whenever a thread is free. When a task fails, those still waiting are dropped and the error surfaces at the next
    `submit`, `wait` or `close`, and at every later one.

    Args:
        threads: Worker threads, at least 1.
        max_waiting: Tasks that may wait; `submit` blocks beyond, which bounds memory.

    Examples:
        >>> results = []
        >>> with EncoderPool(threads=2) as pool:
        ...     for number in range(3):
        ...         pool.submit(results.append, number, lane="ordered")
        >>> results
        [0, 1, 2]
    """

    def __init__(self, threads: int = 2, max_waiting: int = 32) -> None:
        if threads < 1 or max_waiting < 1:
            raise ValueError(f"a pool needs a thread and a place to wait, not {threads} and {max_waiting}")
        self._waiting: deque[_Task] = deque()
        self._max_waiting = max_waiting
        self._busy_lanes: set[str] = set()
        self._running = 0
        self._error: BaseException | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"encoder-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, run: Callable[..., object], *arguments: Any, lane: str | None = None) -> None:
        """Queue ``run(*arguments)``; blocks while too many tasks wait.

        Raises:
            Exception: The error of an earlier task; every call raises it from then on.
            RuntimeError: The pool is closed.
        """
        with self._changed:
            if self._closed:
                raise RuntimeError("the encoder pool is closed")
            self._changed.wait_for(lambda: len(self._waiting) < self._max_waiting or self._error is not None)
            self._raise_error()
            self._waiting.append(_Task(run, arguments, lane))
            self._changed.notify_all()

    def wait(self) -> None:
        """Block until every task given so far is done.

        Raises:
            Exception: The error of a task.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._running)
            self._raise_error()

    def close(self, *, drop: bool = False) -> None:
        """Finish (or `drop`) what waits and end the threads; closing twice does nothing.

        Raises:
            Exception: The error of a task, unless dropping.
        """
        with self._changed:
            if drop:
                self._waiting.clear()
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        if not drop:
            self._raise_error()

    def __enter__(self) -> EncoderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close(drop=error is not None)

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _next_task(self) -> _Task | None:
        for position, task in enumerate(self._waiting):
            if task.lane is None or task.lane not in self._busy_lanes:
                del self._waiting[position]
                return task
        return None

    def _work(self) -> None:
        while True:
            with self._changed:
                task = self._next_task()
                while task is None:
                    if self._closed and not self._waiting:
                        return
                    self._changed.wait()
                    task = self._next_task()
                self._running += 1
                if task.lane is not None:
                    self._busy_lanes.add(task.lane)
                self._changed.notify_all()
            error: BaseException | None = None
            try:
                task.run(*task.arguments)
            except BaseException as caught:
                error = caught
            with self._changed:
                self._running -= 1
                self._busy_lanes.discard(task.lane or "")
                if error is not None and self._error is None:
                    self._error = error
                    self._waiting.clear()
                del task
                self._changed.notify_all()
