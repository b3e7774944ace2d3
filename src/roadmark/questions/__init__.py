"""Questions about videos, with answers computed from labels; one file per family."""

from roadmark.questions.as_samples import samples_of
from roadmark.questions.draw import draw_questions
from roadmark.questions.family import Family
from roadmark.questions.forms import Asker
from roadmark.questions.question import Question
from roadmark.questions.read_scene import read_scene
from roadmark.questions.registry import FAMILIES, chosen_families
from roadmark.questions.shown_scene import ShownEvent, ShownMark, ShownScene
from roadmark.questions.timeline import Timeline

__all__ = [
    "FAMILIES",
    "Asker",
    "Family",
    "Question",
    "ShownEvent",
    "ShownMark",
    "ShownScene",
    "Timeline",
    "chosen_families",
    "draw_questions",
    "read_scene",
    "samples_of",
]
