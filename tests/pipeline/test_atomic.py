"""Outputs are whole or absent, also when the writer fails, is interrupted, is killed, or the disk is full."""

import errno
import os
from pathlib import Path

import pytest

from roadmark.errors import OutputError
from roadmark.pipeline import atomic_directory, write_atomically


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write_half(path, failure, overwrite=False):
    with atomic_directory(path, overwrite=overwrite) as folder:
        (folder / "new").write_text("half")
        raise failure


def test_a_directory_appears_when_it_is_whole(tmp_path):
    target = tmp_path / "deep" / "clip"
    with atomic_directory(target) as folder:
        (folder / "rgb.mp4").write_text("frames")
        assert folder.parent == target.parent
        assert not target.exists()
    assert names(target) == ["rgb.mp4"]
    assert names(target.parent) == ["clip"]


@pytest.mark.parametrize("failure", [ValueError("boom"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing(tmp_path, failure):
    with pytest.raises(type(failure)):
        write_half(tmp_path / "clip", failure)
    assert names(tmp_path) == []


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    with pytest.raises(OutputError, match="clip: the disk is full"), atomic_directory(tmp_path / "clip"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert names(tmp_path) == []


def test_a_foreign_directory_is_refused_and_untouched(tmp_path):
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "precious.txt").write_text("mine")
    with pytest.raises(OutputError, match="not empty"), atomic_directory(tmp_path / "clip"):
        raise AssertionError("never entered")
    assert (tmp_path / "clip" / "precious.txt").read_text() == "mine"


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "clip").write_text("x")
    with pytest.raises(OutputError, match="is a file"), atomic_directory(tmp_path / "clip", overwrite=True):
        raise AssertionError("never entered")
    with pytest.raises(OutputError, match="cannot be made"), atomic_directory(tmp_path / "clip" / "sub"):
        raise AssertionError("never entered")


def test_an_empty_directory_is_no_obstacle(tmp_path):
    (tmp_path / "clip").mkdir()
    with atomic_directory(tmp_path / "clip") as folder:
        (folder / "a").touch()
    assert names(tmp_path / "clip") == ["a"]


def test_overwriting_replaces_only_when_whole(tmp_path):
    with atomic_directory(tmp_path / "clip") as folder:
        (folder / "old").touch()
    with pytest.raises(ValueError, match="boom"):
        write_half(tmp_path / "clip", ValueError("boom"), overwrite=True)
    assert names(tmp_path / "clip") == ["old"]
    with atomic_directory(tmp_path / "clip", overwrite=True) as folder:
        (folder / "new").touch()
    assert names(tmp_path / "clip") == ["new"]
    assert names(tmp_path) == ["clip"]


def test_what_a_killed_run_left_is_cleared(tmp_path):
    (tmp_path / ".clip.partial").mkdir()
    (tmp_path / ".clip.partial" / "half.mp4").touch()
    with atomic_directory(tmp_path / "clip") as folder:
        assert names(folder) == []
    assert names(tmp_path) == ["clip"]


def test_a_run_killed_between_the_renames_loses_nothing(tmp_path):
    (tmp_path / ".clip.replaced").mkdir()
    (tmp_path / ".clip.replaced" / "old").touch()
    with pytest.raises(OutputError, match="not empty"), atomic_directory(tmp_path / "clip"):
        raise AssertionError("never entered")
    assert names(tmp_path / "clip") == ["old"]


def test_a_failed_final_rename_brings_the_old_one_back(tmp_path, monkeypatch):
    with atomic_directory(tmp_path / "clip") as folder:
        (folder / "old").touch()
    rename = Path.rename

    def failing(self, target):
        if self.name == ".clip.partial":
            raise OSError(errno.EACCES, "denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="denied"), atomic_directory(tmp_path / "clip", overwrite=True):
        pass
    assert names(tmp_path) == ["clip"]
    assert names(tmp_path / "clip") == ["old"]


def test_two_writers_of_one_directory(tmp_path):
    pytest.importorskip("fcntl")
    with atomic_directory(tmp_path / "clip") as folder:
        (folder / "mine").touch()
        with pytest.raises(OutputError, match="another process"), atomic_directory(tmp_path / "clip"):
            raise AssertionError("never entered")
    assert names(tmp_path / "clip") == ["mine"]


def test_a_file_is_replaced_in_one_step(tmp_path):
    write_atomically(tmp_path / "deep" / "run.json", "one")
    write_atomically(tmp_path / "deep" / "run.json", b"two")
    assert (tmp_path / "deep" / "run.json").read_bytes() == b"two"
    (tmp_path / "ordinary").touch()
    assert (tmp_path / "deep" / "run.json").stat().st_mode == (tmp_path / "ordinary").stat().st_mode
    assert names(tmp_path / "deep") == ["run.json"]


def test_a_file_that_cannot_be_written_keeps_its_old_content(tmp_path, monkeypatch):
    write_atomically(tmp_path / "run.json", "old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"run\.json: cannot be written: No space left"):
        write_atomically(tmp_path / "run.json", "new")
    assert (tmp_path / "run.json").read_text() == "old"
    assert names(tmp_path) == ["run.json"]
