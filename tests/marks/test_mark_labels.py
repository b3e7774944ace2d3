"""Label files: ours, the published tool's, and hostile ones."""

import json
from fractions import Fraction

import pytest
from mark_scenes import RATE, instance, write_labels

from roadmark.errors import FormatError, InputError
from roadmark.marks.label_folder import LabelFolder


def test_boxes_end_after_their_last_pixel(tmp_path):
    write_labels(tmp_path, 0, [instance(968, (10, 20, 29, 39))])
    found = LabelFolder.open(tmp_path).frame(0, shapes=True).objects[968]
    assert found.box == (10.0, 20.0, 30.0, 40.0)
    assert found.area == 400.0
    assert found.polygons[0].tolist() == [[10.5, 20.5], [10.5, 39.5], [29.5, 39.5], [29.5, 20.5]]


def test_the_rate_is_the_timestamps(tmp_path):
    for number in range(4):
        write_labels(tmp_path, number, [])
    labels = LabelFolder.open(tmp_path)
    assert (len(labels), labels.rate, labels.clip) == (4, RATE, None)


def test_timestamps_of_the_recordings_clock_give_the_rate_too(tmp_path):
    for number in range(3):
        write_labels(tmp_path, number, [], timestamp=12.5 + number * 1001 / 30000)
    assert LabelFolder.open(tmp_path).rate == Fraction(30000, 1001)


@pytest.mark.parametrize("stamp", [None, "soon", True, 1e300])
def test_no_timestamps_no_rate(tmp_path, stamp):
    for number in range(2):
        write_labels(tmp_path, number, [], timestamp=stamp)
    assert LabelFolder.open(tmp_path).rate is None


def test_a_missing_file_is_a_frame_without_labels(tmp_path):
    for number in (0, 2):
        write_labels(tmp_path, number, [])
    labels = LabelFolder.open(tmp_path)
    assert len(labels) == 3
    assert labels.frame(1, shapes=False) is None


def test_other_files_are_not_labels(tmp_path):
    (tmp_path / "notes.json").write_text("{}")
    with pytest.raises(InputError, match="no label file"):
        LabelFolder.open(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        LabelFolder.open(tmp_path / "nowhere")


HOSTILE = {
    "not JSON": ("{", "not valid JSON"),
    "a list": ("[]", "expected an object, found list"),
    "no detections": ('{"width": 9, "height": 9}', "'detections' is missing"),
    "nothing in them": ('{"detections": null}', "no frame labels"),
    "no list": ('{"detections": {"instances": {}}}', "expected a list"),
    "NaN": ('{"detections": {"instances": [{"object-id": 1, "bbox_2d": [NaN, 0, 1, 1]}]}}', "NaN"),
    "deep": ("[" * 100_000, "not valid JSON"),
}
OBJECTS = {
    "no object": (3, "expected an object"),
    "no id": ({"bbox_2d": [0, 0, 1, 1]}, "None is no id"),
    "negative id": (instance(-1, (0, 0, 1, 1)), "-1 is no id"),
    "true as id": (instance(True, (0, 0, 1, 1)), "True is no id"),
    "huge id": (instance(2**64, (0, 0, 1, 1)), "is no id"),
    "no box": ({"object-id": 1}, "None is no box"),
    "three numbers": ({"object-id": 1, "bbox_2d": [0, 1, 2]}, "is no box"),
    "text": ({"object-id": 1, "bbox_2d": ["0", 0, 1, 1]}, "is no box"),
    "turned round": ({"object-id": 1, "bbox_2d": [5, 0, 1, 1]}, "no rectangle"),
    "far away": ({"object-id": 1, "bbox_2d": [0, 0, 1e300, 1]}, "no rectangle"),
    "odd polygon": ({"object-id": 1, "bbox_2d": [0, 0, 1, 1], "mask": [[1, 2, 3]]}, "no list of x, y"),
    "text as mask": ({"object-id": 1, "bbox_2d": [0, 0, 1, 1], "mask": "all"}, "list of polygons"),
    "words in a polygon": ({"object-id": 1, "bbox_2d": [0, 0, 1, 1], "mask": [["a"] * 6]}, "could not convert"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_named(tmp_path, case):
    text, message = HOSTILE[case]
    (tmp_path / "odvg_000000000000.json").write_text(text)
    with pytest.raises(FormatError, match=message) as caught:
        LabelFolder.open(tmp_path).frame(0, shapes=True)
    assert "odvg_000000000000.json" in str(caught.value)


@pytest.mark.parametrize("case", OBJECTS)
def test_hostile_objects_are_named(tmp_path, case):
    record, message = OBJECTS[case]
    write_labels(tmp_path, 0, [instance(5, (0, 0, 1, 1)), record])
    with pytest.raises(FormatError, match=message):
        LabelFolder.open(tmp_path).frame(0, shapes=True)


def test_an_object_twice_in_a_frame(tmp_path):
    write_labels(tmp_path, 0, [instance(5, (0, 0, 1, 1)), instance(5, (2, 2, 3, 3))])
    with pytest.raises(FormatError, match="object 5 is labelled twice"):
        LabelFolder.open(tmp_path).frame(0, shapes=False)


@pytest.mark.parametrize("size", [(0, 9), (9, -1), ("9", 9), (9, None), (10**9, 9)])
def test_sizes_of_no_image(tmp_path, size):
    write_labels(tmp_path, 0, [], size=size)
    with pytest.raises(FormatError, match="no size of an image"):
        LabelFolder.open(tmp_path).frame(0, shapes=False)


def test_what_is_not_known_is_ignored(tmp_path):
    write_labels(tmp_path, 0, [instance(5, (0, 0, 1, 1), bbox_3d={"any": "thing"}, extra=json.loads("[[[]]]"))])
    assert list(LabelFolder.open(tmp_path).frame(0, shapes=False).objects) == [5]
