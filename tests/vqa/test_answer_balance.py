"""Balance: answers that are too frequent are left out, exactly and by chance."""

from collections import Counter

import numpy as np
import pytest

from roadmark.dataset import Media, Message, Sample
from roadmark.vqa.balance import balanced, plan_balance
from roadmark.vqa.bias import measure_bias
from roadmark.vqa.guessers import blind_words


def sample(number, truth, *, template="near_miss.pair", form="yes_no", asked="", options=(), text="Is it so?"):
    answer = "ABCD"[options.index(truth)] if options else truth.capitalize()
    facts = {"template": template, "truth": truth, "asked": asked, "options": list(options)}
    return Sample(
        id=f"s{number}",
        media=(Media("video", "a.mp4"),),
        messages=(Message("user", text), Message("assistant", answer)),
        clip=f"clip{number}",
        family=template.split(".")[0],
        answer_kind=form,
        facts=facts,
    )


def kept(samples, seed=0):
    balance = plan_balance(samples)
    chosen = list(balanced(samples, balance, np.random.default_rng(seed)))
    return chosen, balance


def test_yes_and_no_are_made_equal_and_keep_their_order():
    samples = [sample(number, "yes" if number % 5 == 0 else "no") for number in range(20)]  # 4 yes, 16 no
    chosen, _ = kept(samples)
    assert Counter(one.answer for one in chosen) == {"Yes": 4, "No": 4}
    numbers = [int(one.id[1:]) for one in chosen]
    assert numbers == sorted(numbers)


def test_another_seed_leaves_out_others():
    samples = [sample(number, "yes" if number % 5 == 0 else "no") for number in range(40)]
    first, again, other = (kept(samples, seed)[0] for seed in (0, 0, 1))
    assert first == again != other


def test_each_is_as_likely_to_stay_as_another():
    samples = [sample(number, "yes" if number < 2 else "no") for number in range(6)]  # 2 of 4 no stay
    stays = Counter(one.id for seed in range(400) for one in kept(samples, seed)[0] if one.answer == "No")
    assert all(150 < count < 250 for count in stays.values())  # 200 expected, deviation 10
    assert sum(stays.values()) == 800


def test_one_answer_only_is_kept_where_nothing_gives_it_away():
    samples = [sample(number, "no") for number in range(5)]
    chosen, balance = kept(samples)
    assert len(chosen) == 5
    assert not balance.left_out


def test_what_is_asked_for_by_name_is_balanced_by_itself():
    red = [sample(number, "yes", asked="red") for number in range(3)]
    blue = [sample(10, "yes", asked="blue"), sample(11, "no", asked="blue")]
    chosen, balance = kept(red + blue)
    assert [one.id for one in chosen] == ["s10", "s11"]
    assert balance.left_out == {"near_miss.pair: red": "the answer is always Yes"}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # three answers: at most half of all each; 90 is cut until it is as much as the others, 10 + 20
        ({"a": 90, "b": 10, "c": 20}, {"a": 30, "b": 10, "c": 20}),
        # two: equal
        ({"a": 9, "b": 2}, {"a": 2, "b": 2}),
        ({"a": 7}, {"a": 7}),
        ({"a": 3, "b": 3, "c": 3}, {"a": 3, "b": 3, "c": 3}),
    ],
)
def test_answers_of_choices_are_capped(counts, expected):
    options = ("a", "b", "c", "d")
    samples = [
        sample(f"{truth}{number}", truth, form="choice", options=options)
        for truth, count in counts.items()
        for number in range(count)
    ]
    assert Counter(one.facts["truth"] for one in kept(samples)[0]) == expected


def test_numbers_and_captions_stay_as_they_are():
    samples = [sample(number, "5 m", form="number") for number in range(4)]
    assert kept(samples)[0] == samples


def test_a_guesser_is_found_out_by_template_and_wording():
    tells = [
        sample(number, "yes" if number % 2 else "no", text="Is 7 red?" if number % 2 else "Could 9 be red?")
        for number in range(400)
    ]
    report = measure_bias(lambda: iter(tells)).families["near_miss"]
    assert report.chance == 200.0
    assert report.right["words"] == 400  # the wording alone tells
    assert report.right["template"] < 240
    assert report.verdict() == "guessed by words"


def test_ids_that_tell_are_found_out():
    """Where an incident's actors always have the first ids, the words do not tell, but the numbers in them do."""
    asked = [("Do 100 and 101 collide?", "yes"), ("Do 107 and 119 collide?", "no")]
    tells = [sample(number, asked[number % 2][1], text=asked[number % 2][0]) for number in range(400)]
    report = measure_bias(lambda: iter(tells)).families["near_miss"]
    assert report.right["numbers"] == 400
    assert report.right["words"] < 240
    assert report.verdict() == "guessed by numbers"


def test_fair_questions_pass():
    rng = np.random.default_rng(3)
    fair = [sample(number, "yes" if rng.random() < 0.5 else "no") for number in range(1000)]
    assert measure_bias(lambda: iter(fair)).families["all"].verdict() == "ok"


def test_the_longest_option_must_not_be_the_right_one():
    options = ("a", "bb", "cc", "a much longer one")
    samples = [
        sample(number, "a much longer one" if number % 2 else "bb", form="choice", options=options)
        for number in range(200)
    ]
    report = measure_bias(lambda: iter(samples)).families["near_miss"]
    assert report.right["longest"] == 100  # half of them, at a chance of a quarter
    assert report.verdict().startswith("guessed by")


def test_small_and_one_sided_families_say_so():
    few = [sample(number, "yes" if number % 2 else "no") for number in range(10)]
    assert measure_bias(lambda: iter(few)).families["near_miss"].verdict() == "too few questions"
    no = [sample(number, "no") for number in range(100)]
    assert measure_bias(lambda: iter(no)).families["near_miss"].verdict() == "one answer only"


def test_blind_words_hide_numbers_and_options():
    asked = sample(1, "a", form="choice", options=("a", "b"), text="Which is mark 12 at 3.5 s?\nA. a\nB. b")
    assert blind_words(asked) == "near_miss.pair Which is mark # at # s?"
