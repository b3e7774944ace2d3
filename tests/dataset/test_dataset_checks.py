"""Counts and faults of a dataset."""

import pytest
from dataset_samples import make_sample

from roadmark.dataset import Media, Message, Problem, SplitPlan, check_samples, count_samples


def test_statistics_of_a_small_dataset():
    words = (Message("user", "What happens here?"), Message("assistant", "A car turns left."))
    samples = [
        make_sample(1, question="Is it so?"),
        make_sample(2, answer="No", question="Is it so or not?"),
        make_sample(3, "clip_b", augmentation="Augmentation_0", question="Is it so?"),
        make_sample(4, "clip_b", family="caption", answer_kind="caption", messages=words),
    ]
    plan = SplitPlan({"clip_a": "train", "clip_b": "val"})
    assert count_samples(samples, plan.side_of).to_record() == {
        "samples": 4,
        "clips": 2,
        "samples_per_clip": {"least": 2, "most": 2},
        "augmented": 1,
        "splits": {"train": 2, "val": 2},
        "media": {"1 video": 4},
        "families": {
            "caption": {
                "samples": 1,
                "answer_kinds": {"caption": 1},
                "answers": {},
                "majority": None,
                "mean_question_words": 3.0,
                "mean_answer_words": 4.0,
            },
            "collision": {
                "samples": 3,
                "answer_kinds": {"yes_no": 3},
                "answers": {"No": 1, "Yes": 2},
                "majority": 0.666667,
                "mean_question_words": 3.667,  # 3, 5 and 3 words
                "mean_answer_words": 1.0,
            },
        },
    }


def test_nothing_is_counted_without_samples():
    assert count_samples([]).to_record()["samples_per_clip"] == {"least": 0, "most": 0}


def test_a_sound_dataset_has_no_problem(tmp_path):
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "clip_a.mp4").write_bytes(b"a")
    samples = [make_sample(1), make_sample(2, question="And now?", answer="No")]
    assert list(check_samples(samples, SplitPlan({"clip_a": "train"}).side_of, tmp_path)) == []


def faults(samples, **arguments):
    return [(problem.fault, problem.sample) for problem in check_samples(samples, **arguments)]


def test_repeats_and_contradictions_are_found():
    again = make_sample(2)
    otherwise = make_sample(3, answer="No")
    assert faults([make_sample(1), again, otherwise]) == [("duplicate", "clip_a-2"), ("contradiction", "clip_a-3")]
    assert faults([make_sample(1), make_sample(1, question="And now?")]) == [("duplicate_id", "clip_a-1")]
    assert faults([make_sample(1), make_sample(2, video="videos/other.mp4")]) == []


def test_what_is_on_two_sides_of_a_split_leaks(tmp_path):
    for name, content in (("one", b"same"), ("two", b"same"), ("three", b"other")):
        (tmp_path / f"{name}.mp4").write_bytes(content)
    sides = {"a": "train", "b": "val", "c": "val"}
    samples = [make_sample(1, "a", video="one.mp4"), make_sample(1, "b", video="one.mp4", question="And now?"),
               make_sample(1, "c", video="three.mp4")]  # fmt: skip
    assert faults(samples, side_of=lambda sample: sides[sample.clip]) == [("leak", "b-1")]
    samples[1] = make_sample(1, "b", video="two.mp4")
    assert faults(samples, side_of=lambda sample: sides[sample.clip]) == []
    problems = list(check_samples(samples, lambda sample: sides[sample.clip], tmp_path))
    assert problems == [Problem("leak", "b-1", "two.mp4 (val) has the same content as one.mp4 (train)")]


def test_one_clip_on_two_sides_leaks():
    samples = [make_sample(1), make_sample(2, augmentation="Augmentation_0", video="videos/augmented.mp4")]
    side = {"clip_a-1": "train", "clip_a-2": "val"}
    problems = list(check_samples(samples, lambda sample: side[sample.id]))
    assert problems == [Problem("leak", "clip_a-2", "clip clip_a is on two sides of the split: train and val")]


@pytest.mark.parametrize("name", ["gone.mp4", "out/secret.mp4"])
def test_missing_media_and_those_outside_are_found(tmp_path, name):
    (tmp_path / "secret.mp4").write_bytes(b"x")
    root = tmp_path / "dataset"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    sample = make_sample(media=(Media("video", name),))
    assert faults([sample], root=root) == [("missing_media", "clip_a-1")]
