import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco

from roadmark.errors import FormatError
from roadmark.media import decode_rle, encode_rle, instance_regions, mask_polygons, object_mask, tight_box

MASKS = hnp.arrays(np.bool_, st.tuples(st.integers(1, 30), st.integers(1, 30)))


@given(hnp.arrays("u2", st.tuples(st.integers(1, 20), st.integers(1, 20)), elements=st.sampled_from([0, 1, 7, 65535])))
@settings(max_examples=60, deadline=None)
def test_regions_agree_with_one_scan_per_id(instance):
    regions = instance_regions(instance)
    assert regions.ids.tolist() == [value for value in np.unique(instance) if value]
    for object_id, pixels in zip(regions.ids, regions.pixels, strict=True):
        mask = instance == object_id
        box = regions.box(int(object_id))
        assert box == tight_box(mask)
        assert pixels == mask.sum()
        assert object_mask(instance, int(object_id), box).sum() == pixels
    assert regions.box(3) is None


def test_boxes_are_inclusive():
    instance = np.zeros((6, 8), np.uint16)
    instance[2:4, 3:7] = 9
    assert instance_regions(instance).box(9) == (3, 2, 6, 3)
    assert tight_box(np.zeros((3, 3), np.bool_)) is None
    assert tight_box(np.ones((2, 3), np.bool_), origin=(10, 20)) == (10, 20, 12, 21)


@given(MASKS, st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_run_lengths_are_coco_s_and_round_trip(mask, left, top, right, bottom):
    image = np.pad(mask, ((top, bottom), (left, right)))
    height, width = image.shape
    rle = encode_rle(mask, (left, top), (width, height))
    expected = coco.encode(np.asfortranarray(image.astype(np.uint8)))
    assert rle == {"size": [height, width], "counts": expected["counts"].decode()}
    assert np.array_equal(decode_rle(rle), image)
    assert coco.area({"size": rle["size"], "counts": str(rle["counts"]).encode()}) == image.sum()


def test_long_runs_are_compressed_as_coco_does():
    image = np.zeros((1080, 1920), np.bool_)
    image[100:900, 300:1500] = True
    image[400:500, 700:800] = False
    rle = encode_rle(image[100:900, 300:1500], (300, 100), (1920, 1080))
    assert rle["counts"] == coco.encode(np.asfortranarray(image.astype(np.uint8)))["counts"].decode()


def test_uncompressed_counts_are_read():
    assert decode_rle({"size": [2, 2], "counts": [1, 2, 1]}).tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(
    "rle",
    [
        {},
        {"size": [2, 2]},
        {"size": [2, 0], "counts": [0]},
        {"size": [2, 2], "counts": [5]},
        {"size": [2, 2], "counts": [1, -1, 4]},
        {"size": [2, 2], "counts": "é"},
        {"size": [2, 2], "counts": "PPPPPPPPPPPPPPPPPP"},
        {"size": [2, 2], "counts": "P"},
        {"size": [10**6, 10**6], "counts": [10**12]},
    ],
)
def test_broken_run_lengths_are_refused(rle):
    with pytest.raises(FormatError):
        decode_rle(rle)


def test_a_mask_must_lie_in_the_image():
    with pytest.raises(ValueError, match="reaches out"):
        encode_rle(np.ones((2, 2), np.bool_), (3, 0), (4, 4))


@given(MASKS)
@settings(max_examples=60, deadline=None)
def test_filled_polygons_cover_the_mask_and_nothing_beyond_its_holes(mask):
    polygons = mask_polygons(mask, origin=(5, 7))
    assert all(len(polygon) >= 6 and len(polygon) % 2 == 0 for polygon in polygons)
    canvas = np.zeros((mask.shape[0] + 7, mask.shape[1] + 5), np.uint8)
    for polygon in polygons:
        cv2.fillPoly(canvas, [np.array(polygon, np.int32).reshape(-1, 2)], 1)
    filled = canvas[7:, 5:] > 0
    assert (filled >= mask).all()
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    assert np.array_equal(filled, cv2.drawContours(np.zeros(mask.shape, np.uint8), contours, -1, 1, cv2.FILLED) > 0)


def test_thin_parts_still_give_polygons():
    mask = np.zeros((5, 5), np.bool_)
    mask[2, 3] = True
    assert mask_polygons(mask) == [[3, 2, 3, 2, 3, 2, 3, 2]]
    mask[2, 1:4] = True
    assert mask_polygons(mask) == [[1, 2, 3, 2, 3, 2, 1, 2]]
