"""Reading and decoding beside the work on what was read."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
AHEAD = 2
"""Frames read ahead: enough to keep both sides busy, few enough to keep memory flat."""


def read_ahead(items: Callable[[], Iterable[Item]], ahead: int = AHEAD) -> Iterator[Item]:
    """Items made in a thread of their own, a few ahead of their use; what goes wrong there is raised here.

    Args:
        items: Makes them, in that thread.
        ahead: Most that wait to be used, which bounds memory.
    """
    waiting: queue.Queue[tuple[Item | None, BaseException | None]] = queue.Queue(ahead)
    stopped = threading.Event()

    def put(item: Item | None, error: BaseException | None = None) -> None:
        while not stopped.is_set():
            try:
                waiting.put((item, error), timeout=0.1)
                return
            except queue.Full:
                continue

    def work() -> None:
        try:
            for item in items():
                put(item)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as error:
            put(None, error)

    thread = threading.Thread(target=work, name="reader", daemon=True)
    thread.start()
    try:
        while True:
            item, error = waiting.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item
    finally:
        stopped.set()
        thread.join()
