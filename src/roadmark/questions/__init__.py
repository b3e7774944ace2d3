"""Questions about videos, with answers computed from labels; one file per family."""

from roadmark.questions.as_samples import asked_of, options_of, samples_of, template_of, truth_of
from roadmark.questions.asking.forms import Asker
from roadmark.questions.draw import draw_questions
from roadmark.questions.family import Family
from roadmark.questions.question import Question
from roadmark.questions.read_scene import read_scene
from roadmark.questions.registry import FAMILIES, chosen_families
from roadmark.questions.shown.shown_scene import LEAST_SIDE, ShownEvent, ShownMark, ShownScene
from roadmark.questions.shown.timeline import Timeline

__all__ = [
    "FAMILIES",
    "LEAST_SIDE",
    "Asker",
    "Family",
    "Question",
    "ShownEvent",
    "ShownMark",
    "ShownScene",
    "Timeline",
    "asked_of",
    "chosen_families",
    "draw_questions",
    "options_of",
    "read_scene",
    "samples_of",
    "template_of",
    "truth_of",
]
