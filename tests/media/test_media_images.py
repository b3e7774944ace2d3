import os
import struct
import zlib

import cv2
import numpy as np
import pytest

from roadmark.errors import FormatError, InputError
from roadmark.media import decode_image, encode_jpeg, encode_png, read_image, video_info


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
    with pytest.raises(InputError, match=r"none\.png: no such file"):
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


@pytest.mark.parametrize("marker", [0xC0, 0xC2])  # baseline, progressive
@pytest.mark.parametrize("junk", [b"", b"\xff\xff", b"abc\xff\x00", b"\xff\xe1\x00\x08\xff\xc0\x00\x11\x08\x00"])
def test_a_jpeg_cannot_claim_any_size_either(marker, junk):
    """Nor hide the claim behind what decoders skip: padding, stray bytes, a frame header inside another segment."""
    header = struct.pack(">BBHBHHB", 0xFF, marker, 17, 8, 30000, 30000, 3)
    with pytest.raises(FormatError, match="claims 30000 x 30000 pixels"):
        decode_image(b"\xff\xd8\xff\xdb\x00\x02" + junk + header + bytes(100))


def test_a_jpeg_without_a_frame_is_refused():
    for tail in (b"\xff\xda\x00\x02", b"\xff\xd9", b"\xff\xc0\x00", b"\xff\xff\xff", b"\xff\xe0\x00\x02\xff"):
        with pytest.raises(FormatError, match="neither PNG nor JPEG, or damaged"):
            decode_image(b"\xff\xd8" + tail)


@pytest.mark.parametrize("suffix", [".tiff", ".bmp", ".webp", ".ppm"])
def test_other_formats_are_refused(suffix):
    data = cv2.imencode(suffix, np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    with pytest.raises(FormatError, match="neither PNG nor JPEG"):
        decode_image(data)


def test_a_pipe_is_no_image_and_no_video(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for read in (read_image, video_info):
        with pytest.raises(InputError, match="pipe: is not a regular file"):
            read(tmp_path / "pipe")
