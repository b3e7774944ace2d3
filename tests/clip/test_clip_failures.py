"""What goes wrong while a clip is written never leaves something that looks like a clip."""

import errno
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from clip_samples import CAMERA, contents, images, labels, write_clip

import roadmark.clip.ledger
from roadmark.clip import Clip, ClipOptions, ClipWriter, Provenance, SourceFile, check_output
from roadmark.clip.layout import MANIFEST
from roadmark.clip.writer import FRAMES_IN_FLIGHT
from roadmark.errors import InputError, OutputError
from roadmark.files import MARKER
from roadmark.media import VideoWriter


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 kB; needs the right to mount one."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(path)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("no right to mount a small file system here")
    yield path
    subprocess.run(["umount", str(path)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs")
@pytest.mark.parametrize("videos", ["none", "default"])
def test_a_full_disk_leaves_nothing(small_disk, videos):
    with pytest.raises(OutputError, match="No space left|cannot be written"):
        write_clip(small_disk / "clip", 200, ClipOptions(videos=videos))
    assert left_over(small_disk) == []


@pytest.mark.parametrize("failing", ["rgb/frame_000000000002", "depth/", "odvg/odvg_000000000001", "new/clip.json"])
def test_any_write_may_fail(tmp_path, monkeypatch, failing):
    """Every file goes through `Path.open`; the one named meets a full disk."""
    real = Path.open

    def open_or_fail(self, *arguments, **keywords):
        if failing in str(self) and ".partial" in str(self):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(self, *arguments, **keywords)

    monkeypatch.setattr(Path, "open", open_or_fail)
    with pytest.raises(OutputError, match="No space left"):
        write_clip(tmp_path / "clip", 4)
    assert left_over(tmp_path) == []


def test_a_caller_that_swallows_the_error_still_gets_no_clip(tmp_path, monkeypatch):
    write = roadmark.clip.ledger.write_file

    def fail_once(path, data):
        if path.name == "frame_000000000001.jpg":
            raise OutputError("disk full")
        write(path, data)

    monkeypatch.setattr(roadmark.clip.ledger, "write_file", fail_once)
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10)) as writer:
        for number in range(8):
            picture = images(number)
            with suppress(OutputError):
                writer.write_frame(picture, labels(number, picture))
        with pytest.raises(OutputError, match="disk full"):
            writer.finish()
    assert left_over(tmp_path) == []


def test_a_video_cut_short_is_noticed(tmp_path, monkeypatch):
    real = VideoWriter.close

    def close_and_cut(self):
        real(self)
        if self.path.name == "depth.mp4":
            with self.path.open("r+b") as stream:
                stream.truncate(self.path.stat().st_size - 200)

    monkeypatch.setattr(VideoWriter, "close", close_and_cut)
    with pytest.raises((OutputError, InputError), match=r"depth\.mp4"):
        write_clip(tmp_path / "clip", 30)
    assert left_over(tmp_path) == []


def test_an_error_of_the_caller_removes_the_unfinished_clip(tmp_path):
    def scenario():
        with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10)) as writer:
            picture = images(0)
            writer.write_frame(picture, labels(0, picture))
            raise KeyError("render")

    with pytest.raises(KeyError):
        scenario()
    assert left_over(tmp_path) == []


def test_leaving_without_finish_or_without_frames_writes_nothing(tmp_path):
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10)) as writer:
        picture = images(0)
        writer.write_frame(picture, labels(0, picture))
    with (
        ClipWriter(tmp_path / "clip", CAMERA, Fraction(10)) as writer,
        pytest.raises(OutputError, match="without frames"),
    ):
        writer.finish()
    assert left_over(tmp_path) == []


def test_a_killed_process_leaves_no_clip_and_the_next_run_clears_up(tmp_path):
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from clip_samples import *
with ClipWriter({str(tmp_path / "clip")!r}, CAMERA, Fraction(10)) as writer:
    for number in range(10**6):
        picture = images(number % 8)
        writer.write_frame(picture, replace(labels(0, picture), time=float(number)))
        if number == 5: print("writing", flush=True)
"""
    code = "from dataclasses import replace\n" + code
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"writing\n"
    with pytest.raises(OutputError, match="another process"):
        write_clip(tmp_path / "clip", 1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert left_over(tmp_path) == [".clip.partial"]
    assert not list(tmp_path.rglob(MANIFEST))
    for path in (tmp_path / "clip", tmp_path / ".clip.partial", tmp_path / ".clip.partial" / "new"):
        with pytest.raises(InputError, match=r"clip\.json"):
            Clip.open(path)
    write_clip(tmp_path / "clip", 1)
    assert left_over(tmp_path) == ["clip"]


def test_a_folder_in_use_is_refused_unless_told(tmp_path):
    path = write_clip(tmp_path / "clip", 2)
    before = contents(path)
    with pytest.raises(OutputError, match="--overwrite"):
        write_clip(path, 1)
    assert contents(path) == before
    write_clip(path, 1, ClipOptions(overwrite=True))
    assert len(Clip.open(path)) == 1
    assert left_over(tmp_path) == ["clip"]


def test_the_old_clip_stays_until_the_new_one_is_whole(tmp_path):
    path = write_clip(tmp_path / "clip", 2)
    before = contents(path)

    def scenario():
        with ClipWriter(path, CAMERA, Fraction(10), ClipOptions(overwrite=True)) as writer:
            picture = images(0)
            writer.write_frame(picture, labels(0, picture))
            raise KeyError("render")

    with pytest.raises(KeyError):
        scenario()
    assert contents(path) == before


def test_an_old_clip_comes_back_when_its_replacement_was_killed_in_the_last_step(tmp_path):
    """Killed between the two renames, the old clip lies beside the new one in the hidden folder."""
    path = write_clip(tmp_path / "clip", 2)
    before = contents(path)
    hidden = tmp_path / ".clip.partial"
    write_clip(hidden / "new", 1)
    (hidden / MARKER).touch()
    path.rename(hidden / "old")
    with pytest.raises(OutputError, match="--overwrite"):
        write_clip(path, 1)
    assert contents(path) == before
    assert left_over(tmp_path) == ["clip"]


def test_overwrite_never_removes_what_is_no_clip(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.tex").write_text("years of work")
    with pytest.raises(OutputError, match=r"thesis\.tex"):
        write_clip(home, 1, ClipOptions(overwrite=True))
    assert (home / "thesis.tex").read_text() == "years of work"


def test_an_empty_folder_and_missing_parents_are_fine(tmp_path):
    (tmp_path / "clip").mkdir()
    write_clip(tmp_path / "clip", 1)
    write_clip(tmp_path / "a" / "b" / "clip", 1)
    assert len(Clip.open(tmp_path / "a/b/clip")) == 1


def test_what_is_in_the_way(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        write_clip(tmp_path / "file", 1)
    with pytest.raises(OutputError, match="cannot be written"):
        write_clip(tmp_path / "file" / "clip", 1)
    (tmp_path / ".clip.partial").mkdir()
    (tmp_path / ".clip.partial" / "precious").write_text("")
    with pytest.raises(OutputError, match="no unfinished work of ours"):
        write_clip(tmp_path / "clip", 1)


def test_sources_that_cannot_be_read_stop_the_clip_before_it_starts(tmp_path):
    for source in (SourceFile("a.log", tmp_path / "none"), SourceFile("a.log", tmp_path / "none", stored=False)):
        with pytest.raises(InputError, match="no such file"):
            write_clip(tmp_path / "clip", 1, provenance=Provenance(sources=(source,)))
    with pytest.raises(OutputError, match="no path inside"):
        write_clip(tmp_path / "clip", 1, provenance=Provenance(sources=(SourceFile("../a", b""),)))
    assert left_over(tmp_path) == []


def test_memory_does_not_grow_with_the_clip(tmp_path, monkeypatch):
    """What waits to be encoded is bounded: a slow disk holds up the producer instead of filling memory."""
    release = threading.Event()
    write = roadmark.clip.ledger.write_file

    def slow_write(path, data):
        release.wait(20.0)
        write(path, data)

    monkeypatch.setattr(roadmark.clip.ledger, "write_file", slow_write)
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10), ClipOptions(videos="none")) as writer:

        def produce():
            for number in range(30):
                picture = images(number % 8)
                writer.write_frame(picture, labels(number, picture))

        producer = threading.Thread(target=produce)
        producer.start()
        pool = writer._pool
        with pool._changed:
            assert pool._changed.wait_for(lambda: len(pool._waiting) == pool._max_waiting, 20.0)
        assert writer.frame_count <= FRAMES_IN_FLIGHT + 2
        release.set()
        producer.join(60.0)
        writer.finish()
    assert len(Clip.open(tmp_path / "clip")) == 30


def test_a_clip_does_not_lie_in_another(tmp_path):
    write_clip(tmp_path / "clip")
    before = contents(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "clip" / "rgb")
    with ClipWriter(tmp_path / "other", CAMERA, Fraction(20)):
        for place in ("clip/inner", "clip/rgb/deep/inner", "link/inner", ".other.partial/new/inner"):
            for write in (check_output, write_clip):
                with pytest.raises(OutputError, match=r"lies within .*choose another folder"):
                    write(tmp_path / place)
    assert contents(tmp_path) == before


def test_an_output_is_checked_without_making_it(tmp_path):
    check_output(tmp_path / "deep" / "clip")
    assert left_over(tmp_path) == []
    write_clip(tmp_path / "clip")
    with pytest.raises(OutputError, match="not empty"):
        check_output(tmp_path / "clip")
    check_output(tmp_path / "clip", overwrite=True)
    (tmp_path / "clip" / "precious").touch()
    with pytest.raises(OutputError, match="'precious'"):
        check_output(tmp_path / "clip", overwrite=True)
    for name in ("a" * 300, "clip/precious", "clip\0"):
        with pytest.raises(OutputError):
            check_output(tmp_path / name)
    assert left_over(tmp_path) == ["clip"]


def test_a_source_that_is_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "a.log")
    for stored in (True, False):
        provenance = Provenance(sources=(SourceFile("a.log", tmp_path / "a.log", stored=stored),))
        with pytest.raises(InputError, match="not a regular file"):
            write_clip(tmp_path / "clip", provenance=provenance)
    assert left_over(tmp_path) == ["a.log"]
