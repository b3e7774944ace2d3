"""Splits have their shares, part no clip, and do not change without need."""

from collections import Counter

import pytest
from dataset_samples import make_sample
from hypothesis import given
from hypothesis import strategies as st

from roadmark.dataset import SplitPlan, group_of, hashed_side, plan_split, read_split, write_split
from roadmark.dataset.splits import whole_shares
from roadmark.errors import FormatError, InputError

CLIPS = [f"scenario_{number:04d}" for number in range(100)]
SHARES = {"train": 0.7, "val": 0.2, "test": 0.1}


def test_shares_are_exact():
    assert Counter(plan_split(CLIPS, SHARES).sides.values()) == {"train": 70, "val": 20, "test": 10}
    assert whole_shares(3, {"train": 0.5, "val": 0.5}) == {"train": 2, "val": 1}  # 1.5 each: the first gets the odd one


def test_a_split_depends_on_names_and_seed_alone():
    plan = plan_split(CLIPS, SHARES, seed=3)
    assert plan_split([*reversed(CLIPS), CLIPS[0]], SHARES, seed=3) == plan
    assert plan_split(CLIPS, SHARES, seed=4).sides != plan.sides
    assert sorted(plan.sides) == list(plan.sides)


def test_clips_stay_where_they_were_when_others_are_added():
    before = plan_split(CLIPS[:60], SHARES)
    after = plan_split(CLIPS, SHARES, kept=before.sides)
    assert {clip: after.sides[clip] for clip in CLIPS[:60]} == before.sides
    assert Counter(after.sides.values()) == {"train": 70, "val": 20, "test": 10}


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 5))
def test_no_side_is_more_than_one_off(old, new, seed):
    kept = plan_split(CLIPS[:old], SHARES, seed=seed).sides
    counts = Counter(plan_split(CLIPS[: old + new], SHARES, seed=seed, kept=kept).sides.values())
    assert counts.total() == old + new
    for side, share in SHARES.items():
        assert abs(counts[side] - share * (old + new)) <= 1.0 + 1e-9


def test_the_side_of_a_name_alone_never_changes():
    sides = [hashed_side(clip, SHARES) for clip in CLIPS]
    assert sides[:3] == [hashed_side(clip, SHARES) for clip in CLIPS[:3]]
    assert Counter(hashed_side(str(n), SHARES) for n in range(3000))["train"] == pytest.approx(2100, abs=76)  # 3 sigma
    assert {hashed_side(clip, {"train": 1.0, "val": 0.0}) for clip in CLIPS} == {"train"}


def test_no_augmentation_crosses():
    samples = [make_sample(n, clip, augmentation=f"Augmentation_{n}") for clip in CLIPS[:10] for n in range(3)]
    plan = plan_split((group_of(sample) for sample in samples), SHARES)
    sides = {(sample.clip, plan.side_of(sample)) for sample in samples}
    assert len(sides) == 10


def test_a_map_or_a_scenario_seed_can_be_kept_together():
    samples = [make_sample(n, f"clip{n}", map_name=f"Town0{n % 5}", scenario_seed=n % 2) for n in range(20)]
    for by in ("map", "scenario_seed"):
        plan = plan_split((group_of(sample, by) for sample in samples), {"train": 0.5, "val": 0.5}, by=by)
        sides = {(group_of(sample, by), plan.side_of(sample)) for sample in samples}
        assert len(sides) == {"map": 5, "scenario_seed": 2}[by]
    with pytest.raises(InputError, match="its map is not known; split by clip"):
        group_of(make_sample(), "map")


def test_a_plan_comes_back_as_it_was(tmp_path):
    plan = plan_split(CLIPS, SHARES, seed=9)
    write_split(tmp_path / "split.json", plan)
    assert read_split(tmp_path / "split.json") == plan


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"by": "clip", "seed": 0, "shares": {"train": 1.0}}',
        '{"by": "clip", "seed": 0, "shares": {"train": 0.5}, "sides": {}}',
        '{"by": "clip", "seed": 0, "shares": {"train": 1.0}, "sides": {"a": "val"}}',
        '{"by": "clip", "seed": 0, "shares": {"train": 1.0}, "sides": {"a": 1}}',
        '{"by": "town", "seed": 0, "shares": {"train": 1.0}, "sides": {}}',
        '{"by": "clip", "seed": 0, "shares": 1, "sides": {}}',
    ],
)
def test_a_bad_plan_is_refused(tmp_path, text):
    (tmp_path / "split.json").write_text(text)
    with pytest.raises(FormatError, match=r"split.json: no split"):
        read_split(tmp_path / "split.json")


@pytest.mark.parametrize("shares", [{}, {"train": 0.9}, {"train": 1.5, "val": -0.5}, {"a/b": 1.0}])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(InputError):
        plan_split(CLIPS, shares)


def test_a_clip_without_a_side_is_an_error():
    with pytest.raises(InputError, match="clip 'clip_a' is not in the split"):
        SplitPlan({}).side_of(make_sample())
