"""What the command line prints: progress, notes and errors, plain when it is no terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

PLAIN_INTERVAL = 5.0
"""Seconds between progress lines where the output is no terminal."""

out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


def note(message: str) -> None:
    """Tell the user something they may want to know."""
    err.print(f"note: {message}", markup=False)


def warn(message: str) -> None:
    """Tell the user something they should know."""
    err.print(f"warning: {message}", markup=False)


def fail(message: str) -> None:
    """Say why the command ends."""
    for line in message.splitlines() or [""]:
        err.print(f"error: {line}", markup=False)


class Advance(Protocol):
    """Reports one finished frame."""

    def __call__(self, count: int = 1) -> None:
        """Count frames as done."""


@contextmanager
def frame_progress(title: str, total: int) -> Iterator[Advance]:
    """Show frames done, frames per second and time left.

    Args:
        title: What is being made.
        total: Frames in all.
    """
    started = time.monotonic()
    if err.is_terminal:
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
                progress.advance(task, count)
                done = progress.tasks[0].completed
                progress.update(task, rate=f"{done / max(time.monotonic() - started, 1e-9):.2f} frames/s")

            yield advance
        return
    yield _plain_progress(title, total, started)


def _plain_progress(title: str, total: int, started: float) -> Advance:
    done, printed = 0, started

    def advance(count: int = 1) -> None:
        nonlocal done, printed
        done += count
        now = time.monotonic()
        if done >= total or now - printed >= PLAIN_INTERVAL:
            printed = now
            rate = done / max(now - started, 1e-9)
            left = (total - done) / rate
            err.print(f"{title}: {done}/{total} frames, {rate:.2f} frames/s, {left:.0f} s left", markup=False)

    return advance
