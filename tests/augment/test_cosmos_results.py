"""What a service sends is put in place as it is, or encoded anew where it does not fit, or refused."""

from fractions import Fraction

import av
import numpy as np
import pytest

from roadmark.augment.transfer.protocol import TransferError
from roadmark.augment.transfer.results import place_result
from roadmark.media import VideoInfo, VideoWriter, read_video, video_info

SOURCE = VideoInfo(64, 48, Fraction(30000, 1001), 6, "h264", "yuv420p")


def frames(width=64, height=48, count=6):
    return [np.full((height, width, 3), 30 * number, np.uint8) for number in range(count)]


def h264(path, size=(64, 48), fps=SOURCE.fps, count=6):
    with VideoWriter(path, *size, fps) as video:
        for frame in frames(*size, count):
            video.write(frame)
    return path


def other_codec(path, codec, pixels="yuv420p"):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(30))
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        for frame in frames():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def fitting(path):
    found = video_info(path)
    assert (found.codec, found.pixel_format, found.frames) == ("h264", "yuv420p", 6)
    assert (found.width, found.height, found.fps) == (64, 48, SOURCE.fps)
    means = [float(frame.mean()) for frame in read_video(path)]
    assert means == pytest.approx([0, 30, 60, 90, 120, 150], abs=3)  # every frame in its place


def test_a_video_that_fits_is_taken_byte_for_byte(tmp_path):
    received, output = h264(tmp_path / "in.mp4"), tmp_path / "out" / "out.mp4"
    assert not place_result(received, output, SOURCE, "gpu").transcoded
    assert output.read_bytes() == received.read_bytes()
    fitting(output)


@pytest.mark.parametrize(
    ("size", "fps"),
    [((64, 48), Fraction(29)), ((128, 96), SOURCE.fps), ((32, 24), SOURCE.fps), ((80, 48), Fraction(30))],
    ids=["29 for 29.97", "larger", "smaller", "another shape"],
)
def test_another_size_or_rate_is_encoded_anew(size, fps, tmp_path):
    placed = place_result(h264(tmp_path / "in.mp4", size, fps), tmp_path / "out.mp4", SOURCE, "gpu")
    assert placed.transcoded
    assert placed.facts()["received_size"] == f"{size[0]}x{size[1]}"
    fitting(tmp_path / "out.mp4")


@pytest.mark.parametrize(("codec", "pixels"), [("libvpx-vp9", "yuv420p"), ("mpeg4", "yuv420p"), ("libx264", "yuv444p")])
def test_another_codec_is_encoded_anew(codec, pixels, tmp_path):
    assert place_result(other_codec(tmp_path / "in.mp4", codec, pixels), tmp_path / "out.mp4", SOURCE, "gpu").transcoded
    fitting(tmp_path / "out.mp4")


@pytest.mark.parametrize("count", [5, 7])
def test_another_number_of_frames_is_refused(count, tmp_path):
    with pytest.raises(TransferError, match=rf"gpu: sent {count} frames for 6; labels would not fit them"):
        place_result(h264(tmp_path / "in.mp4", count=count), tmp_path / "out.mp4", SOURCE, "gpu")
    assert not (tmp_path / "out.mp4").exists()


def test_what_is_no_video_is_refused(tmp_path):
    whole = h264(tmp_path / "in.mp4").read_bytes()
    for data in (b"", b"<html>error</html>", whole[: len(whole) // 2]):
        (tmp_path / "bad.mp4").write_bytes(data)
        with pytest.raises(TransferError, match=r"gpu: sent no whole video"):
            place_result(tmp_path / "bad.mp4", tmp_path / "out.mp4", SOURCE, "gpu")
        assert not (tmp_path / "out.mp4").exists()


def test_the_same_video_gives_the_same_bytes(tmp_path):
    received = h264(tmp_path / "in.mp4", fps=Fraction(29))
    for name in ("a.mp4", "b.mp4"):
        place_result(received, tmp_path / name, SOURCE, "gpu")
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
