"""A sample is checked when it is made, and comes back from disk as it was."""

import json
import tracemalloc

import pytest
from dataset_samples import FULL, make_sample
from hypothesis import given
from hypothesis import strategies as st

from roadmark.dataset import Mark, Media, Message, read_samples, sample_from_record, sample_record, write_samples
from roadmark.dataset.sample_file import MAX_LINE
from roadmark.errors import FormatError, InputError, OutputError


def test_samples_come_back_as_they_were(tmp_path):
    samples = [FULL, make_sample(2, answer="No")]
    assert write_samples(tmp_path / "samples.jsonl", samples) == 2
    assert list(read_samples(tmp_path / "samples.jsonl")) == samples


def test_a_line_is_plain_json_without_what_is_not_there(tmp_path):
    write_samples(tmp_path / "samples.jsonl", [make_sample(answer="No", question="Is it so?")])
    assert (tmp_path / "samples.jsonl").read_text() == (
        '{"id": "clip_a-1", "media": [{"kind": "video", "path": "videos/clip_a.mp4"}], "messages": '
        '[{"role": "user", "text": "Is it so?"}, {"role": "assistant", "text": "No"}], '
        '"clip": "clip_a", "family": "collision", "answer_kind": "yes_no"}\n'
    )


def test_parts_of_a_conversation_have_names():
    assert (FULL.system, FULL.question, FULL.answer) == ("Answer briefly.", "Wer stößt an?", "Yes")
    assert make_sample().system is None


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"id": "a/b"}, "id 'a/b' must be of letters"),
        ({"clip": ""}, "clip '' must be of letters"),
        ({"augmentation": "../up"}, "augmentation '../up'"),
        ({"answer_kind": "essay"}, "answer_kind 'essay' is not known; use yes_no"),
        ({"messages": (Message("user", "Why?"),)}, "user and assistant in turn"),
        ({"messages": ()}, "user and assistant in turn"),
        ({"messages": (Message("assistant", "Yes"), Message("user", "Why?"))}, "user and assistant in turn"),
        ({"marks": (Mark(1, 5), Mark(1, 6))}, "stands for two actors"),
        ({"facts": {"gap": float("nan")}}, "facts.gap: nan is not a finite number"),
        ({"facts": {"gap": object}}, "facts.gap: .* is no JSON value"),
        ({"facts": {"word": ["\ud800"]}}, "facts.word: character 0 is half of one"),
        ({"map_name": "a\udc00"}, "map_name: character 1 is half of one"),
        ({"facts": {"actors": {1: 2}}}, "key 1 must be text"),
    ],
)
def test_what_is_no_sample_is_refused_by_name(fields, complaint):
    with pytest.raises(InputError, match=complaint):
        make_sample(**fields)


@pytest.mark.parametrize("path", ["/etc/passwd", "../a.mp4", "a//b.mp4", "a/./b.mp4", "", "a b.mp4", "a\\b.mp4"])
def test_media_stay_within_the_dataset(path):
    with pytest.raises(InputError, match="relative to the dataset's folder"):
        Media("video", path)


@pytest.mark.parametrize("text", ["", "  \n", "<video>\nWhat happens?", "see <image>", "\ud83d"])
def test_messages_have_words_and_no_media_tag(text):
    with pytest.raises(InputError):
        Message("user", text)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": 5}, "id: must be text, not 5"),
        ({"messages": None}, "messages: must be a list, not None"),
        ({"messages": [{"role": "user"}]}, "messages.*text|text: is missing"),
        ({"marks": [{"number": True, "actor_id": 1}]}, "marks.number: must be a whole number, not True"),
        ({"colour": "red"}, "colour: is not known; use"),
        ({"media": [{"kind": "sound", "path": "a.wav"}]}, "media kind 'sound' is not known"),
        ({"facts": []}, "facts: must be an object"),
        ({"scenario_seed": "7"}, "scenario_seed: must be a whole number"),
    ],
)
def test_a_bad_record_is_refused_by_field(change, complaint):
    with pytest.raises(FormatError, match=complaint):
        sample_from_record(sample_record(FULL) | change)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(min_size=1).filter(str.strip), st.dictionaries(st.text(), json_values, max_size=3))
def test_any_text_and_facts_come_back(text, facts):
    sample = make_sample(question=text, facts=facts)
    assert sample_from_record(json.loads(json.dumps(sample_record(sample)))) == sample


@given(json_values)
def test_any_json_is_a_sample_or_refused(value):
    with pytest.raises(FormatError):
        sample_from_record(value)
    with pytest.raises(FormatError):
        sample_from_record(sample_record(FULL) | {"messages": value})


def test_a_bad_line_is_named(tmp_path):
    file = tmp_path / "samples.jsonl"
    good = json.dumps(sample_record(FULL))
    for bad, complaint in [
        ("{", "line 2: not valid JSON"),
        ("[]", "line 2: sample: must be an object"),
        (good.replace("0.5", "NaN"), "line 2: not valid JSON: NaN is not a finite number"),
        ("\ufffd" * MAX_LINE, "line 2 is longer than"),
        (good.replace("0.5", "[" * 40 + "]" * 40), "line 2: sample .*: facts.gap: is nested more than 30 deep"),
        ("[" * 100_000, "line 2: not valid JSON"),
    ]:
        file.write_text(f"{good}\n{bad}\n")
        with pytest.raises(FormatError, match=f"samples.jsonl: {complaint}"):
            list(read_samples(file))
    file.write_bytes(b"\xff\xfe\n")
    with pytest.raises(FormatError, match="line 1: not valid JSON"):
        list(read_samples(file))


def test_a_failing_source_leaves_the_old_file(tmp_path):
    def failing():
        yield FULL
        raise InputError("the clip is gone")

    write_samples(tmp_path / "samples.jsonl", [FULL])
    before = (tmp_path / "samples.jsonl").read_bytes()
    with pytest.raises(InputError, match="the clip is gone"):
        write_samples(tmp_path / "samples.jsonl", failing())
    assert (tmp_path / "samples.jsonl").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["samples.jsonl"]
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        write_samples(tmp_path / "file" / "samples.jsonl", [FULL])


def test_memory_does_not_grow_with_samples(tmp_path):
    file = tmp_path / "samples.jsonl"

    def peak(count):
        tracemalloc.start()
        write_samples(file, (make_sample(number) for number in range(count)))
        assert sum(1 for _ in read_samples(file)) == count
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = max(peak(50), peak(50))  # the first call also pays for what is made once
    many = min(peak(3000), peak(3000))  # Python's own table of names may grow in one of them
    assert many < few + 500_000  # held together they would take several times that
