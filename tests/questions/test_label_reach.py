"""Within what distance everyone has labels, by the clip's record of its making."""

import json
from types import SimpleNamespace

import pytest

from roadmark.errors import FormatError, InputError
from roadmark.scene import camera_carrier, labelled_within


def clip(tmp_path, record):
    path = tmp_path / "render.json"
    if record is not None:
        path.write_text(record if isinstance(record, str) else json.dumps(record))

    def source(name):
        if record is None:
            raise InputError(f"{name}: no such file")
        return path

    return SimpleNamespace(source=source, size=(1280, 720))


@pytest.mark.parametrize(
    ("record", "reach"),
    [
        ({"limit_distance": 100.0, "area_threshold": 100.0}, 100.0),  # of 921,600 pixels: 1 / 9216
        ({"limit_distance": 100.0, "area_threshold": 400.0}, None),  # 1 / 2304: more than a speck
        ({"limit_distance": 100.0, "area_threshold": 100.0, "ignore_hero": True}, None),  # one has no label
        ({"area_threshold": 100.0}, None),
        (None, None),
    ],
)
def test_reach_of_the_labels(tmp_path, record, reach):
    assert labelled_within(clip(tmp_path, record)) == reach


def test_the_carrier_is_in_the_same_record(tmp_path):
    assert camera_carrier(clip(tmp_path, {"camera": {"follow": 7}})) == 7
    assert camera_carrier(clip(tmp_path, {"camera": None})) is None


def test_a_damaged_record_is_an_error(tmp_path):
    with pytest.raises(FormatError):
        labelled_within(clip(tmp_path, "{"))
