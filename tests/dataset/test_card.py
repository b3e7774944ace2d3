"""The dataset's card: the front matter that Hugging Face reads, and what a user has to know."""

import pytest
import yaml
from dataset_samples import make_sample

from roadmark.dataset import Message, SplitPlan, card_text, count_samples, write_card
from roadmark.errors import OutputError

PLAN = SplitPlan({"clip_a": "train", "clip_b": "val"}, shares={"train": 0.5, "val": 0.5, "test": 0.0}, seed=3)
SAMPLES = [
    make_sample(1),
    make_sample(2, answer="No", question="And now?"),
    make_sample(3, "clip_b", answer="No"),
    make_sample(4, "clip_b", augmentation="Augmentation_0", question="So?"),
    make_sample(
        5,
        "clip_b",
        family="caption",
        answer_kind="caption",
        messages=(Message("user", "Describe it."), Message("assistant", "A car turns.")),
    ),
]
STATISTICS = count_samples(SAMPLES, PLAN.side_of)


def front(text):
    return yaml.safe_load(text.split("---\n")[1])


def rows(text, heading):
    """Cells of the first table below a heading."""
    below = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if set(line) - set("|-")]


def test_the_front_matter():
    files = {"train": "data/train-*.parquet", "validation": "data/val-*.parquet"}
    found = front(card_text(STATISTICS, data_files=files, license_name="cc-by-4.0", name="Crossings: a set"))
    assert found == {
        "license": "cc-by-4.0",
        "pretty_name": "Crossings: a set",
        "language": ["en"],
        "task_categories": ["visual-question-answering", "video-text-to-text"],
        "tags": ["synthetic", "traffic", "video", "roadmark"],
        "size_categories": ["n<1K"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": split, "path": path} for split, path in files.items()],
            }
        ],
    }
    assert front(card_text(STATISTICS))["license"] == "other"  # whoever publishes decides
    assert "configs" not in front(card_text(STATISTICS))


@pytest.mark.parametrize(
    ("samples", "size"), [(999, "n<1K"), (1000, "1K<n<10K"), (123_456, "100K<n<1M"), (10**9, "100M<n<1B")]
)
def test_sizes_are_hugging_faces(samples, size):
    statistics = count_samples([make_sample()])
    statistics.samples = samples
    assert front(card_text(statistics))["size_categories"] == [size]


def test_counts_balance_and_splits():
    text = card_text(STATISTICS, split=PLAN)
    assert "5 questions with answers, 1 of them about augmented videos, on 2 traffic clips." in text
    assert rows(text, "Questions") == [
        ["family", "samples", "answers", "balance"],
        ["caption", "1", "caption", "open"],
        ["collision", "4", "yes\\_no", "No 50%, Yes 50%"],
    ]
    assert rows(text, "Splits") == [
        ["side", "source clips", "samples"],
        ["train", "1", "2"],
        ["val", "1", "3"],
        ["test", "0", "0"],
    ]
    assert "By source clip, seed 3" in text
    assert "everything is for training" in card_text(STATISTICS)


def test_many_answers_are_summed_up():
    samples = [make_sample(n, answer=f"answer {n}", family="color", answer_kind="choice") for n in range(10)]
    (_, row) = rows(card_text(count_samples(samples)), "Questions")
    assert row[3] == ", ".join(f"answer {n} 10%" for n in range(6)) + ", 4 others 40%"


def test_bias_as_measured_or_the_most_frequent_answer():
    assert rows(card_text(STATISTICS), "Bias") == [["family", "majority"], ["collision", "50%"]]
    bias = {
        "color": {"chance": 0.25, "words": 0.27341, "verdict": "ok", "more": {"not": "shown"}},
        "when": {"chance": None},
    }
    assert rows(card_text(STATISTICS, bias=bias), "Bias") == [
        ["family", "chance", "words", "verdict"],
        ["color", "0.250", "0.273", "ok"],
        ["when", "", "", ""],
    ]


def test_what_comes_from_outside_is_shown_letter_by_letter():
    text = card_text(
        STATISTICS,
        name="<img src=x> | *a*\n# b",
        provenance={"map": "[x](javascript:y)|z"},
        limits=["`rm`", "a\n\n# b"],
    )
    assert "# \\<img src=x\\> \\| \\*a\\* \\# b\n" in text
    assert "| map | \\[x\\](javascript:y)\\|z |" in text
    assert "- \\`rm\\`\n- a \\# b\n" in text
    assert front(text)["pretty_name"] == "<img src=x> | *a*\n# b"  # YAML quotes it


def test_the_same_facts_give_the_same_file(tmp_path):
    provenance = {"seed": "3", "roadmark": "0.1.0"}
    paths = [write_card(tmp_path / name, STATISTICS, PLAN, None, provenance) for name in ("one", "two")]
    assert paths[0].name == "README.md"
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert rows(paths[0].read_text(), "Seeds and versions")[1:] == [["roadmark", "0.1.0"], ["seed", "3"]]
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        write_card(tmp_path / "file" / "below", STATISTICS)
