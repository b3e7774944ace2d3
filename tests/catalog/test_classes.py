import numpy as np
import pytest

from roadmark.catalog import CLASS_NAMES, OBJECT_CLASSES, PALETTE, SemanticClass


def test_tags_are_carlas_and_contiguous():
    assert [int(member) for member in SemanticClass] == list(range(29))
    assert SemanticClass.CAR == 14
    assert SemanticClass.ROAD_LINES == 24


@pytest.mark.parametrize(
    ("tag", "rgb"), [(0, (0, 0, 0)), (1, (128, 64, 128)), (14, (0, 0, 142)), (19, (119, 11, 32)), (28, (180, 165, 180))]
)
def test_palette_matches_carlas_converter(tag, rgb):
    assert tuple(int(c) for c in PALETTE[tag]) == rgb


def test_palette_tells_every_class_apart_and_is_read_only():
    assert PALETTE.shape == (29, 3)
    assert PALETTE.dtype == np.uint8
    assert len({tuple(row) for row in PALETTE.tolist()}) == 29
    with pytest.raises(ValueError, match="read-only"):
        PALETTE[0, 0] = 1


def test_names_are_lower_case_and_in_tag_order():
    assert CLASS_NAMES[SemanticClass.TRAFFIC_LIGHT] == "traffic_light"
    assert len(CLASS_NAMES) == 29
    assert {CLASS_NAMES[c] for c in OBJECT_CLASSES} == {
        "pedestrian", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle",
    }  # fmt: skip
