"""A process that grows the town while a command loads its libraries, where there is a processor for it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from roadmark.simulate.processors import default_threads
from roadmark.simulate.town_files import load_town, request_of, write_request

if TYPE_CHECKING:  # slow to load; a worker is started before anything else
    from roadmark.simulate.town import Town, TownOrder

_log = logging.getLogger(__name__)

LEAST_PROCESSORS = 2
"""With one, another process only adds its own start."""


class TownWorker:
    """A town that is grown elsewhere. Where that fails there is none: grow it here then, it is the same."""

    def __init__(self) -> None:
        """Start the process; it loads what growth needs and waits for its order.

        Raises:
            OSError: There can be no process, or no folder to exchange files with it.
        """
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._ordered = b""
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this very Python, and a name of our own
                [sys.executable, "-P", "-m", "roadmark.simulate.town_growing", self._folder.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        except OSError:
            self._folder.cleanup()
            raise

    def order(self, map_file: Path, order: TownOrder) -> None:
        """Say what to grow, once."""
        if self._process.stdin is None or not map_file.is_file():  # a pipe can be read only once
            return
        request = request_of(map_file, order)
        with suppress(OSError), self._process.stdin as word:  # the process may have died
            write_request(request, Path(self._folder.name))
            word.write(b"\n")
            self._ordered = request

    def town(self, map_file: Path, order: TownOrder) -> Town | None:
        """Wait for the town; None where it is not the one ordered, or there is none. The worker is at its end then."""
        try:
            if not self._ordered or self._ordered != request_of(map_file, order):
                return None
            status = self._process.wait()
            if status == 0:
                return load_town(Path(self._folder.name))
            _log.info("the process that grows the town ended with status %d", status)
        except OSError as error:
            _log.info("the town grown by another process cannot be read: %s", error)
        finally:
            self.close()
        return None

    def close(self) -> None:
        """End the process, if it has not ended, and remove its files."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()


@contextmanager
def start_town_worker(wanted: bool = True) -> Iterator[TownWorker | None]:
    """A worker that ends with the context at the latest; None where it is not wanted, would not pay or cannot be."""
    worker = None
    if wanted and default_threads() >= LEAST_PROCESSORS and sys.executable and not getattr(sys, "frozen", False):
        try:
            worker = TownWorker()
        except OSError as error:
            _log.info("no process to grow the town: %s", error)
    try:
        yield worker
    finally:
        if worker is not None:
            worker.close()
