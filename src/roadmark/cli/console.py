"""What the command line prints: progress, notes and errors, plain when it is no terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from roadmark.errors import OutputError

PLAIN_INTERVAL = 5.0
"""Seconds between progress lines where the output is no terminal."""
PLAIN_WIDTH = 240
"""Columns of tables where the output is no terminal: a pipe has room, and cut names find nothing."""


def _console(stream: TextIO | None, *, stderr: bool) -> Console:
    free = (stream is None or not stream.isatty()) and "COLUMNS" not in os.environ
    return Console(
        stderr=stderr, highlight=False, soft_wrap=True, markup=False, emoji=False, width=PLAIN_WIDTH if free else None
    )


out = _console(sys.stdout, stderr=False)
err = _console(sys.stderr, stderr=True)


def tell(line: str) -> None:
    """Print a line on standard error; where that cannot be written, nothing stops."""
    with suppress(OSError):
        err.print(line, markup=False)


@contextmanager
def unless_heard(message: str) -> Iterator[None]:
    """Tell on standard error what standard output, written inside, could not take."""
    try:
        yield
        out.file.flush()
    except (OutputError, OSError, SystemExit):  # Rich ends the program where nobody reads
        note(message)
        raise


def note(message: str) -> None:
    """Tell the user something they may want to know."""
    tell(f"note: {message}")


def warn(message: str) -> None:
    """Tell the user something they should know."""
    tell(f"warning: {message}")


def fail(message: str) -> None:
    """Say why the command ends."""
    for line in message.splitlines() or [""]:
        tell(f"error: {line}")


class Advance(Protocol):
    """Reports one finished frame."""

    def __call__(self, count: int = 1) -> None:
        """Count frames as done."""


class _Pace:
    """Frames per second since the first frame: what comes before it (growing a town, compiling) happens once."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.done = 0
        self.rate: float | None = None  # not known before the second frame
        self._first = 0
        self._since = 0.0

    def add(self, count: int, now: float) -> None:
        """Count frames as done at a time in seconds."""
        self.done += count
        if not self._first:
            self._first, self._since = self.done, now
        elif now > self._since:
            self.rate = (self.done - self._first) / (now - self._since)

    def text(self) -> str:
        """The rate in words, empty while it is not known."""
        return "" if self.rate is None else f"{self.rate:.2f} {self.unit}/s"


@contextmanager
def frame_progress(title: str, total: int, *, unit: str = "frames") -> Iterator[Advance]:
    """Show frames done, frames per second and time left.

    Args:
        title: What is being made.
        total: Frames in all.
        unit: What is counted, where it is not frames.
    """
    pace = _Pace(unit)
    if not err.is_terminal:
        yield _plain_progress(title, total, pace)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as progress:
        task = progress.add_task(title, total=total, rate="")

        def advance(count: int = 1) -> None:
            pace.add(count, time.monotonic())
            progress.update(task, advance=count, rate=pace.text())

        yield advance


def _plain_progress(title: str, total: int, pace: _Pace) -> Advance:
    printed = time.monotonic()

    def advance(count: int = 1) -> None:
        nonlocal printed
        now = time.monotonic()
        pace.add(count, now)
        if pace.done >= total or now - printed >= PLAIN_INTERVAL:
            printed = now
            left = f", {(total - pace.done) / pace.rate:.0f} s left" if pace.rate else ""
            speed = f", {pace.text()}" if pace.rate else ""
            tell(f"{title}: {pace.done}/{total} {pace.unit}{speed}{left}")

    return advance
