import struct
import zlib

import cv2
import numpy as np
import pytest

from roadmark.errors import FormatError, InputError
from roadmark.media import decode_image, encode_jpeg, encode_png, read_image


def smooth_picture(height=48, width=64):
    v, u = np.mgrid[0:height, 0:width]
    return np.stack([u * 3, v * 4, 200 - u], axis=-1).clip(0, 255).astype(np.uint8)


def test_jpeg_keeps_the_picture_and_its_channel_order():
    rgb = smooth_picture()
    decoded = decode_image(encode_jpeg(rgb))
    assert decoded.shape == rgb.shape
    assert np.abs(decoded.astype(int) - rgb).mean() < 2.0  # quality 95, 4:2:0
    assert encode_jpeg(rgb) == encode_jpeg(rgb)


def test_jpeg_refuses_gray():
    with pytest.raises(ValueError, match="a JPEG holds"):
        encode_jpeg(np.zeros((4, 4), np.uint8))


def test_transparency_is_dropped():
    bgra = np.full((2, 2, 4), (1, 2, 3, 0), np.uint8)
    assert decode_image(cv2.imencode(".png", bgra)[1].tobytes())[0, 0].tolist() == [3, 2, 1]


def test_files_are_read_as_stored(tmp_path):
    depth = np.array([[0, 65535, 256]], np.uint16)
    path = tmp_path / "depth.png"
    path.write_bytes(encode_png(depth))
    assert read_image(path).dtype == np.uint16
    assert np.array_equal(read_image(path), depth)


def test_missing_and_broken_files_are_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.png: cannot be read"):
        read_image(tmp_path / "none.png")
    path = tmp_path / "broken.png"
    for data in (b"", b"not an image", encode_png(np.zeros((64, 64), np.uint8))[:30]):
        path.write_bytes(data)
        with pytest.raises(FormatError, match=r"broken\.png"):
            read_image(path)


def test_a_header_cannot_claim_any_size():
    header = struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    with pytest.raises(FormatError, match="more than is read"):
        decode_image(b"\x89PNG\r\n\x1a\n" + chunk)


def test_floating_point_images_are_refused():
    data = cv2.imencode(".tiff", np.zeros((2, 2), np.float32))[1].tobytes()
    with pytest.raises(FormatError, match="float32"):
        decode_image(data)
