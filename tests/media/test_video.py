import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest

from roadmark.errors import FormatError, InputError, OutputError
from roadmark.media import CONTROL, LABELS, VideoWriter, decode_video, read_video, video_info

RATE = Fraction(30000, 1001)


def picture(number, width=64, height=48):
    """A smooth picture whose brightness tells its number."""
    v, u = np.mgrid[0:height, 0:width]
    return (
        np.stack([u + 8 * number, v + 8 * number, np.full_like(u, 8 * number)], axis=-1).clip(0, 255).astype(np.uint8)
    )


def write(path, frames, **options):
    height, width = frames[0].shape[:2]
    with VideoWriter(path, width, height, RATE, **options) as video:
        for frame in frames:
            video.write(frame)


def test_every_frame_comes_back_in_order_at_the_exact_rate(tmp_path):
    frames = [picture(number) for number in range(23)]  # more than one key frame interval
    write(tmp_path / "v.mp4", frames)
    info = video_info(tmp_path / "v.mp4")
    assert (info.width, info.height, info.fps, info.frames) == (64, 48, RATE, 23)
    assert (info.codec, info.pixel_format) == ("h264", "yuv420p")
    assert info.duration == pytest.approx(23 * 1001 / 30000)
    decoded = list(read_video(tmp_path / "v.mp4"))
    assert len(decoded) == 23
    for frame, back in zip(frames, decoded, strict=True):
        assert np.abs(back.astype(int) - frame).mean() < 3.0
        assert np.abs(back.astype(int) - frame).mean(axis=(0, 1)).max() < 4.0


def test_streams_are_tagged_and_play_while_they_load(tmp_path):
    write(tmp_path / "v.mp4", [picture(number) for number in range(31)])
    with av.open(str(tmp_path / "v.mp4")) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert all(packet.pts == packet.dts for packet in packets)  # no B frames
        keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
        assert keys[0] == 0
        assert max(np.diff([*keys, 31])) <= 15
    data = (tmp_path / "v.mp4").read_bytes()
    assert b" threads=1 " in data  # the encoder's own note: its bytes do not depend on the machine's cores
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("size", [(63, 48), (64, 47), (63, 47), (1, 1)])
@pytest.mark.parametrize("codec", ["h264", "rgb"])
def test_odd_sizes_repeat_the_last_row_and_column(tmp_path, size, codec):
    width, height = size
    frame = picture(3, width, height)
    write(tmp_path / "v.mp4", [frame], codec=codec)
    (back,) = read_video(tmp_path / "v.mp4")
    assert back.shape == (height + height % 2, width + width % 2, 3)
    padded = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    assert np.abs(back.astype(int) - padded).max() <= (0 if codec == "rgb" else 12)


def test_the_rgb_codec_is_exact_for_every_kind_of_frame(tmp_path):
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 256, (48, 64, 3)).astype(np.uint8)
    gray = rng.integers(0, 256, (48, 64)).astype(np.uint8)
    palette = rng.integers(0, 256, (256, 3)).astype(np.uint8)
    with VideoWriter(tmp_path / "v.mp4", 64, 48, Fraction(10), codec="rgb") as video:
        video.write(rgb)
        video.write(gray)
        video.write(gray, palette=palette)
    first, second, third = read_video(tmp_path / "v.mp4")
    assert np.array_equal(first, rgb)
    assert np.array_equal(second, np.repeat(gray[..., None], 3, axis=2))
    assert np.array_equal(third, palette[gray])


def test_control_videos_are_near_lossless(tmp_path):
    """Edges (black and white) and a gray ramp come back within the 219 studio levels' rounding and two gray levels."""
    ramp = np.tile(np.arange(64, dtype=np.uint8) * 4, (48, 1))
    edges = np.where(np.arange(64)[None] % 9 == 0, 255, 0).astype(np.uint8).repeat(48, axis=0)
    write(tmp_path / "v.mp4", [ramp, edges], style=CONTROL)
    for source, back in zip([ramp, edges], read_video(tmp_path / "v.mp4"), strict=True):
        assert np.abs(back.astype(int) - source[..., None]).max() <= 3
        assert np.ptp(back.astype(int), axis=2).max() <= 1  # gray stays gray


def test_flat_label_colours_survive_away_from_borders(tmp_path):
    palette = np.array([[128, 64, 128], [0, 0, 142], [220, 20, 60]], np.uint8)
    labels = np.repeat(np.repeat(np.arange(3, dtype=np.uint8), 32)[None], 48, axis=0)
    height, width = labels.shape
    with VideoWriter(tmp_path / "v.mp4", width, height, Fraction(10), style=LABELS) as video:
        video.write(labels, palette=palette)
    (back,) = read_video(tmp_path / "v.mp4")
    for index in range(3):
        inner = back[8:40, 32 * index + 8 : 32 * index + 24].astype(int)
        assert np.abs(inner - palette[index]).max() <= 4


def test_equal_frames_give_equal_bytes_in_another_process(tmp_path):
    write(tmp_path / "a.mp4", [picture(number) for number in range(5)])
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_video import *; from pathlib import Path;"
        "write(Path(sys.argv[2]), [picture(number) for number in range(5)])"
    )
    arguments = [sys.executable, "-c", code, str(__file__.rsplit("/", 1)[0]), str(tmp_path / "b.mp4")]
    subprocess.run(arguments, check=True)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_wrong_frames_rates_and_sizes_are_refused(tmp_path):
    with VideoWriter(tmp_path / "v.mp4", 64, 48, RATE) as video:
        video.write(picture(0))
        with pytest.raises(ValueError, match="takes"):
            video.write(picture(0, width=62))
    with pytest.raises(OutputError, match="frame rate"):
        VideoWriter(tmp_path / "w.mp4", 64, 48, Fraction(0))
    with pytest.raises(OutputError, match="H.264 holds"):
        VideoWriter(tmp_path / "w.mp4", 64, 0, RATE)
    with pytest.raises(OutputError, match="cannot be written"):
        VideoWriter(tmp_path / "none" / "w.mp4", 64, 48, RATE)
    with pytest.raises(OutputError, match="without frames"):
        VideoWriter(tmp_path / "w.mp4", 64, 48, RATE).close()


def test_an_error_inside_the_block_is_not_hidden(tmp_path):
    def scenario():
        with VideoWriter(tmp_path / "v.mp4", 64, 48, RATE) as video:
            video.write(picture(0))
            raise KeyError("render")

    with pytest.raises(KeyError):
        scenario()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_a_full_disk_is_an_output_error():
    """/dev/full refuses every write as a full disk does."""
    with pytest.raises(OutputError, match=r"/dev/full"):
        write_full()


def write_full():
    with VideoWriter("/dev/full", 64, 48, RATE) as video:
        for number in range(40):
            video.write(picture(number))


def test_missing_and_broken_videos_are_named(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        video_info(tmp_path / "none.mp4")
    path = tmp_path / "v.mp4"
    path.write_bytes(b"\x00" * 64)
    with pytest.raises(FormatError, match="not a readable video"):
        video_info(path)
    write(path, [picture(number) for number in range(20)])
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(FormatError):
        list(read_video(path))


def test_other_spaces_are_read_by_their_tags(tmp_path):
    """A full-range BT.601 file, as motion JPEG cameras make."""
    path = tmp_path / "v.avi"
    rgb = np.full((48, 64, 3), (200, 60, 30), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        for packet in [*stream.encode(frame), *stream.encode()]:
            container.mux(packet)
    (back,) = read_video(path)
    assert np.abs(back.astype(int) - rgb).max() <= 6


def test_stored_frames_have_the_gray_of_the_picture_and_become_the_same_pictures(tmp_path):
    path = tmp_path / "steps.mp4"
    gray = np.repeat(np.array([0, 60, 120, 255], np.uint8), 16)[None].repeat(32, axis=0)
    with VideoWriter(path, 64, 32, Fraction(10), style=CONTROL) as video:
        video.write(np.repeat(gray[..., None], 3, axis=2))
    (frame,) = decode_video(path)
    assert np.abs(frame.gray().astype(int) - gray).max() <= 2
    np.testing.assert_array_equal(frame.rgb(), next(iter(read_video(path))))


def test_stored_frames_of_an_rgb_video_are_converted(tmp_path):
    path = tmp_path / "labels.mp4"
    image = np.full((32, 64, 3), (200, 30, 60), np.uint8)
    with VideoWriter(path, 64, 32, Fraction(10), codec="rgb") as video:
        video.write(image)
    (frame,) = decode_video(path)
    assert np.abs(frame.rgb().astype(int) - image).max() <= 2
