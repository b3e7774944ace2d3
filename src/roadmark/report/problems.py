"""What is missing or damaged, told on the page and to the user, in words that name no folder of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from roadmark.errors import RoadmarkError


@dataclass(frozen=True)
class Problem:
    """Something that could not be shown.

    Attributes:
        clip: The clip it belongs to; empty where it belongs to the whole folder.
        message: One sentence; files are named relative to the folder that is shown.
    """

    clip: str
    message: str

    def __str__(self) -> str:
        return f"{self.clip}: {self.message}" if self.clip else self.message


class Problems:
    """Gathers problems while a folder is read.

    Args:
        root: The folder that is shown, absolute.
    """

    def __init__(self, root: Path) -> None:
        self.found: list[Problem] = []
        self._names = _shorter_names(root)

    def tell(self, message: str, clip: str = "") -> str:
        """Note a problem; returns its message as it may stand on the page."""
        problem = Problem(clip, self.portable(message))
        if problem not in self.found:
            self.found.append(problem)
        return problem.message

    @contextmanager
    def contained(self, clip: str = "") -> Iterator[None]:
        """Note an error of what is done inside instead of raising it; what follows in the block is left out."""
        try:
            yield
        except RoadmarkError as error:
            self.tell(str(error), clip)

    def of(self, clip: str) -> list[str]:
        """Messages of one clip."""
        return [problem.message for problem in self.found if problem.clip == clip]

    def portable(self, message: str) -> str:
        """A message with paths relative to the root, on one line."""
        for long, short in self._names:
            message = message.replace(long, short)
        return " ".join(message.split())


def _shorter_names(root: Path) -> list[tuple[str, str]]:
    """What stands for the root and the folders above it, longest first."""
    names = [(f"{root}{os.sep}", ""), (str(root), ".")]
    climb = ".."
    for folder in root.parents:
        if folder == folder.parent:
            break
        names += [(f"{folder}{os.sep}", f"{climb}/")]
        climb = f"{climb}/.."
    return names
