"""`Family`: what asks questions of one kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from roadmark.questions.asking.forms import Asker
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene


class Family(Protocol):
    """Questions of one kind, one file each in `questions/families`; to add one, write it and name it in `registry`."""

    @property
    def name(self) -> str:
        """Name of the family; every template begins with it."""

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """Every question that the scene has a sure answer to, with both kinds of answer where it has them.

        Whatever is doubtful is not asked. Which of the questions enter the dataset is decided later: all those whose
        actors are not seen when it matters are left out, answers are balanced by template, and there are only so many
        per video.

        Args:
            scene: What one video shows.
            asker: Puts facts into words; the only source of chance.
        """
