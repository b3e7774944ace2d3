"""Questions become the dataset's samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from roadmark.dataset import Mark, Media, Message, Sample
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene

TEMPLATE, TRUTH, ASKED, OPTIONS, DURING, ACTORS = "template", "truth", "asked", "options", "during", "actors"
"""Facts of every sample besides those of its family."""


def samples_of(
    scene: ShownScene, questions: Iterable[Question], video: str, marked_video: str | None, *, reasoning: bool = False
) -> Iterator[Sample]:
    """Samples of one video.

    Args:
        scene: What it shows.
        questions: About it.
        video: Path of the video in the dataset's folder.
        marked_video: Path of the one with marks, for questions that name them; None where there is none.
        reasoning: Whether answers are led up to by what they follow from, in Cosmos Reason's form
            (`<think>...</think>` and `<answer>...</answer>`).
    """
    numbers: dict[str, int] = {}
    shown = "original" if scene.augmentation is None else scene.augmentation
    for question in questions:
        number = numbers[question.template] = numbers.get(question.template, 0) + 1
        looked_at = marked_video if question.actors and marked_video is not None else video
        marks = (Mark(int(scene.mark(actor)), actor) for actor in dict.fromkeys(question.actors))
        yield Sample(
            id=f"{scene.name}-{shown}-{question.template}-{number}",
            media=(Media("video", looked_at),),
            messages=(Message("user", question.text), Message("assistant", _answer(question, reasoning))),
            clip=scene.name,
            family=question.family,
            answer_kind=question.form,
            augmentation=scene.augmentation,
            event=None if question.event is None else f"event_{question.event:06d}",
            map_name=scene.clip.manifest.map_name,
            scenario_seed=_scenario_seed(scene),
            marks=tuple(marks),
            facts=_facts(question),
        )


def _scenario_seed(scene: ShownScene) -> int | None:
    """Seed that the scenario was generated from, where the clip's metadata has it."""
    generated = scene.clip.manifest.metadata.get("generated")
    seed = generated.get("seed") if isinstance(generated, dict) else None
    return seed if isinstance(seed, int) and not isinstance(seed, bool) else None


def _answer(question: Question, reasoning: bool) -> str:
    if not reasoning or not question.reasons:
        return question.answer
    steps = " ".join(question.reasons)
    return f"<think>\n{steps}\n</think>\n\n<answer>\n{question.answer}\n</answer>"


def _facts(question: Question) -> dict[str, object]:
    facts: dict[str, object] = {**question.facts, TEMPLATE: question.template, TRUTH: question.truth}
    if question.asked:
        facts[ASKED] = question.asked
    if question.options:
        facts[OPTIONS] = list(question.options)
    if question.during is not None:
        facts[DURING] = [round(second, 3) for second in question.during]
    if question.actors:
        facts[ACTORS] = list(question.actors)
    if question.reasons:
        facts["reasons"] = list(question.reasons)
    return facts


def template_of(sample: Sample) -> str:
    """What a sample asks, whatever its wording; its family where it came from elsewhere."""
    return str(sample.facts.get(TEMPLATE, sample.family))


def truth_of(sample: Sample) -> str:
    """A sample's answer as what it means; the answer itself where it came from elsewhere."""
    return str(sample.facts.get(TRUTH, sample.answer))


def asked_of(sample: Sample) -> str:
    """What a sample's words name besides marks and options; empty where they name nothing."""
    return str(sample.facts.get(ASKED, ""))


def options_of(sample: Sample) -> tuple[str, ...]:
    """Options of a sample's choice; none of other forms."""
    options = sample.facts.get(OPTIONS, ())
    return tuple(map(str, options)) if isinstance(options, list | tuple) else ()
