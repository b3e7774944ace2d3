"""Which of a video's questions are drawn: who is seen, both answers, only so many; and as which samples."""

from collections import Counter

import numpy as np
import pytest
from scene_samples import course, scene

from roadmark.questions import Question, draw_questions, samples_of, truth_of


class Asks:
    """A family that asks given questions, in this order."""

    name = "given"

    def __init__(self, *questions):
        self.questions = questions

    def ask(self, scene_, asker):
        yield from self.questions


def closed(number, answer, template="given.does", **about):
    return Question(template, "yes_no", f"Is it number {number}?", "Yes" if answer else "No",
                    "yes" if answer else "no", **about)  # fmt: skip


def word(number, said):
    return Question("given.word", "short", f"Which one is number {number}?", said, said)


def drawn(*questions, shown=None, most=4, seed=0):
    return draw_questions(shown or scene(course(1)), Asks(*questions), np.random.default_rng(seed), most)


def truths(questions):
    return Counter(one.truth for one in questions)


def test_yes_and_no_are_drawn_equally_often():
    questions = [closed(number, number < 2) for number in range(10)]  # 2 yes, 8 no
    assert truths(drawn(*questions)) == {"yes": 2, "no": 2}
    assert truths(drawn(*questions, most=6)) == {"yes": 2, "no": 2}
    assert truths(drawn(*questions, most=2)) == {"yes": 1, "no": 1}


def test_of_one_answer_alone_one_question_is_drawn():
    assert truths(drawn(*(closed(number, False) for number in range(5)))) == {"no": 1}


def test_other_answers_take_turns():
    questions = [word(number, "red" if number else "blue") for number in range(9)]  # 1 blue, 8 red
    assert truths(drawn(*questions)) == {"red": 3, "blue": 1}
    assert truths(drawn(*questions, most=2)) == {"red": 1, "blue": 1}


def test_every_template_has_its_own_share():
    found = drawn(*(closed(number, True, template) for number in range(3) for template in ("given.a", "given.b")))
    assert [one.template for one in found] == ["given.a", "given.b"]


def test_the_same_words_are_drawn_once():
    assert len(drawn(word(1, "red"), word(1, "red"))) == 1


def test_another_seed_draws_others():
    questions = [word(number, "red") for number in range(50)]
    assert drawn(*questions) == drawn(*questions) != drawn(*questions, seed=1)


@pytest.mark.parametrize(
    ("about", "asked"),
    [
        ({"actors": (1,)}, True),
        ({"actors": (1, 2)}, False),  # 2 bears no mark
        ({"actors": (3,)}, False),  # 10 pixels wide: a legible box is 28/1080 of 720, 18.7
        ({"actors": (1,), "during": (0.0, 4.0)}, True),
        ({"actors": (1,), "during": (3.0, 9.0)}, False),  # labelled until 5 s: two of six seconds
        ({"during": (3.0, 9.0)}, True),  # names nobody
    ],
)
def test_whom_a_question_names_must_be_seen_with_its_mark_when_it_matters(about, asked):
    shown = scene(course(1, seen=(0.0, 5.0)), course(2), course(3, side=(10.0, 20.0)), marked=[1, 3])
    assert bool(drawn(closed(1, True, **about), shown=shown)) == asked


def samples(*questions, **options):
    return list(samples_of(scene(course(7)), questions, "plain.mp4", "marked.mp4", **options))


def test_samples_show_marks_to_questions_that_name_them():
    named, general = samples(closed(1, True, actors=(7, 7)), closed(2, False, asked="red", during=(1.0, 2.00049)))
    assert (named.media[0].path, general.media[0].path) == ("marked.mp4", "plain.mp4")
    assert [(mark.number, mark.actor_id) for mark in named.marks] == [(7, 7)]
    assert (named.id, general.id) == ("clip-original-given.does-1", "clip-original-given.does-2")
    assert (named.family, named.answer_kind, named.answer) == ("given", "yes_no", "Yes")
    assert dict(general.facts) == {"template": "given.does", "truth": "no", "asked": "red", "during": [1.0, 2.0]}
    assert truth_of(general) == "no"


def test_samples_lead_up_to_answers_where_that_is_wished():
    question = closed(1, True, reasons=("It brakes.", "It stands."), event=3)
    (plain,), (reasoned,) = samples(question), samples(question, reasoning=True)
    assert plain.answer == "Yes"
    assert reasoned.answer == "<think>\nIt brakes. It stands.\n</think>\n\n<answer>\nYes\n</answer>"
    assert reasoned.event == "event_000003"
    (bare,) = samples(closed(1, True), reasoning=True)
    assert bare.answer == "Yes"


@pytest.mark.parametrize(
    ("metadata", "seed"),
    [({}, None), ({"generated": {"seed": 7}}, 7), ({"generated": "x"}, None), ({"generated": {"seed": ""}}, None)],
)
def test_samples_know_the_seed_of_their_scenario(metadata, seed):
    shown = scene(course(7))
    shown.clip.manifest.metadata = metadata
    question = Question("example.any", "yes_no", "Is it so?", "Yes", "yes")
    (sample,) = samples_of(shown, [question], "videos/clip/rgb.mp4", None)
    assert sample.scenario_seed == seed
