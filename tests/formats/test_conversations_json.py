"""LLaVA, Qwen, cosmos-rl and the published recipe's files: exact records and bytes, and what each cannot hold."""

import dataclasses
import gc
import json
import re
import tomllib
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from conversation_samples import COLLISION, TALK, yes_no

from roadmark.dataset import Media, Message
from roadmark.errors import ConfigError, InputError
from roadmark.formats import (
    cosmos_rl_record,
    llava_record,
    published_record,
    qwen_record,
    write_cosmos_rl,
    write_llava,
    write_published,
    write_qwen,
)
from roadmark.formats.json_stream import write_json_array

QUESTION = COLLISION.format(968, 970)
TWO_VIDEOS = yes_no(media=(Media("video", "a.mp4"), Media("video", "b.mp4")))
TEXT_ALONE = yes_no(media=())


def test_llava_with_and_without_tags():
    record = {
        "id": "clip_a-1",
        "video": "videos/clip_a.mp4",
        "conversations": [{"from": "human", "value": f"<video>\n{QUESTION}"}, {"from": "gpt", "value": "Yes"}],
    }
    assert llava_record(yes_no()) == record
    record["conversations"][0]["value"] = QUESTION
    assert llava_record(yes_no(), tags=False) == record


def test_there_is_a_tag_for_every_medium():
    several = llava_record(TWO_VIDEOS)
    assert several["video"] == ["a.mp4", "b.mp4"]
    assert several["conversations"][0]["value"].startswith("<video>\n<video>\nIs there")
    image = qwen_record(yes_no(media=(Media("image", "a.jpg"),)))
    assert (image["image"], image["conversations"][0]["value"][:8]) == ("a.jpg", "<image>\n")
    assert "video" not in llava_record(TEXT_ALONE)
    assert llava_record(TEXT_ALONE)["conversations"][0]["value"] == QUESTION


def test_every_round_is_kept():
    talk = dataclasses.replace(TALK, messages=TALK.messages[1:], media=TALK.media[:1])
    speakers = [turn["from"] for turn in qwen_record(talk)["conversations"]]
    assert speakers == ["human", "gpt", "human", "gpt"]
    assert [turn["value"].count("<video>") for turn in qwen_record(talk)["conversations"]] == [1, 0, 0, 0]


@pytest.mark.parametrize("record", [llava_record, qwen_record])
def test_what_these_formats_cannot_hold_is_refused(record):
    with pytest.raises(InputError, match="no place for its system message"):
        record(TALK)
    with pytest.raises(InputError, match="videos or images, not both"):
        record(dataclasses.replace(TALK, messages=TALK.messages[1:]))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_arrays_have_the_bytes_of_json_dump(tmp_path, count):
    records = [{"id": f"ä{number}\n", "list": [1, {"a": []}], "empty": {}} for number in range(count)]
    assert write_json_array(tmp_path / "a.json", iter(records)) == count
    with (tmp_path / "b.json").open("w") as file:
        json.dump(records, file, indent=4)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.fixture
def usual_collection():
    """Python's own pace of collecting garbage, whatever an earlier test has set."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_memory_does_not_grow_with_samples(tmp_path, usual_collection):
    def peak(count):
        tracemalloc.start()
        write_llava(tmp_path / "a.json", (yes_no(number) for number in range(count)))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = max(peak(50), peak(50))  # the first call also pays for what is made once
    many = min(peak(3000), peak(3000))  # Python's own table of names may grow in one of them
    assert many < few + 500_000  # held together they would take several times that


def test_qwen_writes_an_array_or_lines(tmp_path):
    samples = [yes_no(), yes_no(2, "No")]
    assert write_qwen(tmp_path / "annotations.json", samples) == 2
    assert write_qwen(tmp_path / "annotations.jsonl", samples) == 2
    records = [qwen_record(sample) for sample in samples]
    assert json.loads((tmp_path / "annotations.json").read_text()) == records
    assert [json.loads(line) for line in (tmp_path / "annotations.jsonl").read_text().splitlines()] == records
    assert set(records[0]) == {"video", "conversations"}


def llava_sft_reads(folder):
    """What cosmos-reason2's llava_sft.py makes of the files, step by step as it does."""
    settings = tomllib.loads((folder / "dataset.toml").read_text())["custom"]["dataset"]
    found = []
    for record in json.loads((folder / settings["annotation_path"]).read_text()):
        videos = record.get("video") or []
        videos = [videos] if isinstance(videos, str) else videos
        question = re.sub(r"(\n)?</?(image|video)>(\n)?", "", record["conversations"][0]["value"])
        videos = [f"{settings['media_path']}/{video}" for video in videos]
        found.append((settings["system_prompt"], videos, question, record["conversations"][1]["value"]))
    return found


def test_cosmos_rl_reads_what_was_written(tmp_path):
    system = Message("system", 'Say "so" \\ in short:\n🚗\x7f')
    samples = [dataclasses.replace(one, messages=(system, *one.messages)) for one in (yes_no(), TWO_VIDEOS)]
    assert write_cosmos_rl(tmp_path, samples, media_path="data") == 2
    assert llava_sft_reads(tmp_path) == [
        (system.text, ["data/videos/clip_a.mp4"], QUESTION, "Yes"),
        (system.text, ["data/a.mp4", "data/b.mp4"], QUESTION, "Yes"),
    ]


def test_cosmos_rl_holds_one_round_and_one_system_message(tmp_path):
    with pytest.raises(InputError, match="one question and one answer"):
        cosmos_rl_record(TALK)
    other = yes_no(2, messages=(Message("system", "Be brief."), *yes_no().messages))
    with pytest.raises(InputError, match="its system message differs"):
        write_cosmos_rl(tmp_path, [yes_no(), other])
    assert list(tmp_path.iterdir()) == []


def test_the_published_record_is_the_seeds():
    sample = yes_no(media=(Media("video", "events_collision_rgb_som.mp4"),))
    assert json.dumps(published_record(sample), indent=3) == (
        """{
   "id": "events_collision_rgb_som.mp4",
   "video": "events_collision_rgb_som.mp4",
   "conversations": [
      {
         "from": "human",
         "value": "Is there a car collision between vehicles with numeric IDs 968 and 970? """
        """Your final answer should be either Yes or No."
      },
      {
         "from": "gpt",
         "value": "Yes"
      }
   ]
}"""
    )


def published(folder, samples, seed=0, **options):
    counts = write_published(folder, lambda: iter(samples), np.random.default_rng(seed), **options)
    files = ("carla_annotations", "cosmos_annotations", "carla_cosmos_annotations", "carla_cosmos_annotations_balanced")
    return counts, [json.loads((folder / f"{name}.json").read_text()) for name in files]


def some_samples(yes, no):
    return [
        yes_no(number, "Yes" if number < yes else "No", f"clip_{number}", augmentation=None if number % 2 else "Aug_0")
        for number in range(yes + no)
    ]


def test_published_files_hold_clips_and_augmented_ones_apart_and_together(tmp_path):
    samples = some_samples(2, 2)
    counts, (clips, augmented, merged, balanced) = published(tmp_path, samples)
    assert clips == [published_record(samples[1]), published_record(samples[3])]
    assert augmented == [published_record(samples[0]), published_record(samples[2])]
    assert merged == clips + augmented == balanced
    assert dataclasses.astuple(counts) == (2, 2, 2, 2)


@pytest.mark.parametrize(
    ("yes", "no", "share", "kept"),
    [
        (3, 20, 0.5, {"Yes": 3, "No": 3}),
        (20, 3, 0.5, {"Yes": 3, "No": 3}),
        (6, 20, 0.3, {"Yes": 6, "No": 14}),
        (4, 0, 0.5, {}),
        (0, 4, 0.5, {}),
        (0, 0, 0.5, {}),
    ],
)
def test_the_balanced_file_is_exact(tmp_path, yes, no, share, kept):
    counts, (_, _, merged, balanced) = published(tmp_path, some_samples(yes, no), yes_share=share)
    assert Counter(record["conversations"][1]["value"] for record in balanced) == kept
    assert (counts.balanced_yes, counts.balanced_no) == (kept.get("Yes", 0), kept.get("No", 0))
    assert [record for record in merged if record in balanced] == balanced  # in the order of the others


def test_the_balanced_file_is_seeded_and_every_entry_has_its_chance(tmp_path):
    samples = some_samples(2, 6)
    drawn = [published(tmp_path, samples, seed)[1][3] for seed in range(40)]
    assert published(tmp_path, samples, 7)[1][3] == drawn[7]
    assert len({record["id"] for entries in drawn for record in entries}) == 8


def test_the_published_format_holds_yes_and_no_alone(tmp_path):
    for sample, complaint in [
        (TWO_VIDEOS, "one question about one video"),
        (TEXT_ALONE, "one question about one video"),
        (yes_no(answer="Maybe"), "holds Yes or No, not 'Maybe'"),
        (yes_no(answer_kind="short"), "holds Yes or No"),
    ]:
        with pytest.raises(InputError, match=complaint):
            published(tmp_path, [sample])
    for share in (0.0, 1.0):
        with pytest.raises(ConfigError, match="must lie between 0 and 1"):
            published(tmp_path, [], yes_share=share)
