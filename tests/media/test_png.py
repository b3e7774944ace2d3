import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from roadmark.media import FLAT, FLAT_WIDE, GRADIENT, SMOOTH, assemble_png, compress_rows, decode_image, encode_png

SIDES = st.integers(1, 40)


@st.composite
def images(draw):
    height, width = draw(SIDES), draw(SIDES)
    kind = draw(st.sampled_from([("u1", ()), ("u2", ()), ("u1", (3,))]))
    return draw(hnp.arrays(kind[0], (height, width, *kind[1])))


@given(images(), st.sampled_from([None, FLAT, FLAT_WIDE, GRADIENT, SMOOTH]))
@settings(max_examples=80, deadline=None)
def test_opencv_and_pillow_read_back_every_pixel(image, tuning):
    data = encode_png(image, tuning=tuning)
    assert np.array_equal(decode_image(data), image)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), image)


@given(hnp.arrays("u1", st.tuples(SIDES, SIDES), elements=st.integers(0, 28)))
@settings(max_examples=30, deadline=None)
def test_palette_images_read_as_colours(indices):
    palette = np.random.default_rng(0).integers(0, 256, (29, 3)).astype(np.uint8)
    data = encode_png(indices, palette=palette)
    assert np.array_equal(decode_image(data), palette[indices])
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")), palette[indices])
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(bgr, palette[indices][..., ::-1])


def test_ids_and_their_colours_share_the_compressed_rows():
    ids = np.arange(12, dtype=np.uint8).reshape(3, 4)
    palette = np.zeros((12, 3), np.uint8)
    palette[:, 0] = np.arange(12) * 20
    rows = compress_rows(ids)
    assert assemble_png(ids, rows) == encode_png(ids)
    assert assemble_png(ids, rows, palette=palette) == encode_png(ids, palette=palette)


def test_the_file_is_what_the_specification_says():
    """1 x 2 gray 16 bit: rows of filter byte and big-endian samples, in one IDAT."""
    data = encode_png(np.array([[0x0102], [0x0203]], np.uint16), tuning=FLAT_WIDE)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert data[8:33] == struct.pack(">I4sIIBBBBBI", 13, b"IHDR", 1, 2, 16, 0, 0, 0, 0, zlib.crc32(data[12:29]))
    (length,) = struct.unpack(">I", data[33:37])
    assert zlib.decompress(data[41 : 41 + length]) == b"\x02\x01\x02\x02\x01\x01"  # 0x0203 - 0x0102 byte by byte
    assert data.endswith(b"\x00\x00\x00\x00IEND\xae\x42\x60\x82")


def test_equal_pixels_give_equal_bytes_whatever_the_memory_layout():
    image = np.random.default_rng(1).integers(0, 256, (31, 17, 3)).astype(np.uint8)
    assert encode_png(image) == encode_png(np.asfortranarray(image)) == encode_png(image[::-1][::-1])


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((2, 2), np.float32),
        np.zeros((2, 2, 4), np.uint8),
        np.zeros((2, 2, 3), np.uint16),
        np.zeros((0, 2), np.uint8),
    ],
)
def test_other_arrays_are_refused(image):
    with pytest.raises(ValueError, match="a PNG holds"):
        encode_png(image)


def test_wrong_palettes_are_refused():
    indices = np.array([[0, 2]], np.uint8)
    with pytest.raises(ValueError, match="index 2 has no colour"):
        encode_png(indices, palette=np.zeros((2, 3), np.uint8))
    with pytest.raises(ValueError, match="a palette is"):
        encode_png(indices, palette=np.zeros((2, 4), np.uint8))
    with pytest.raises(ValueError, match="palette indices"):
        encode_png(indices.astype(np.uint16), palette=np.zeros((3, 3), np.uint8))
