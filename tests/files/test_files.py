"""Outputs are whole or absent, also when the writer fails, is killed, or the disk is full; reads are bounded."""

import errno
import os
from pathlib import Path

import pytest

from roadmark.errors import FormatError, InputError, OutputError
from roadmark.files import (
    MARKER,
    AtomicDirectory,
    atomic_file,
    check_directory,
    clear_partial_files,
    has_file,
    hash_file,
    is_plain_name,
    open_input,
    read_json,
    write_atomically,
    write_file,
)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def killed(holder):
    """What a killed writer leaves behind."""
    (holder / "new").mkdir(parents=True)
    (holder / "new" / "half.mp4").touch()
    (holder / MARKER).touch()
    return holder


def write_half(path, failure, overwrite=False):
    with AtomicDirectory(path, overwrite=overwrite) as folder:
        (folder / "new").write_text("half")
        raise failure


def test_a_directory_appears_when_it_is_whole(tmp_path):
    target = tmp_path / "deep" / "clip"
    with AtomicDirectory(target) as folder:
        (folder / "rgb.mp4").write_text("frames")
        assert folder.parent.parent == target.parent
        assert not target.exists()
    assert names(target) == ["rgb.mp4"]
    assert names(target.parent) == ["clip"]


@pytest.mark.parametrize("failure", [ValueError("boom"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing(tmp_path, failure):
    with pytest.raises(type(failure)):
        write_half(tmp_path / "clip", failure)
    assert names(tmp_path) == []


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    with pytest.raises(OutputError, match="clip: the disk is full"), AtomicDirectory(tmp_path / "clip"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert names(tmp_path) == []


def test_a_foreign_directory_is_refused_and_untouched(tmp_path):
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "precious.txt").write_text("mine")
    with pytest.raises(OutputError, match="not empty"), AtomicDirectory(tmp_path / "clip"):
        raise AssertionError("never entered")
    assert (tmp_path / "clip" / "precious.txt").read_text() == "mine"


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "clip").write_text("x")
    with pytest.raises(OutputError, match="is a file"), AtomicDirectory(tmp_path / "clip", overwrite=True):
        raise AssertionError("never entered")
    with pytest.raises(OutputError, match="cannot be written"), AtomicDirectory(tmp_path / "clip" / "sub"):
        raise AssertionError("never entered")


def test_an_empty_directory_is_no_obstacle(tmp_path):
    (tmp_path / "clip").mkdir()
    with AtomicDirectory(tmp_path / "clip") as folder:
        (folder / "a").touch()
    assert names(tmp_path / "clip") == ["a"]


def test_overwriting_replaces_only_when_whole(tmp_path):
    with AtomicDirectory(tmp_path / "clip") as folder:
        (folder / "old").touch()
    with pytest.raises(ValueError, match="boom"):
        write_half(tmp_path / "clip", ValueError("boom"), overwrite=True)
    assert names(tmp_path / "clip") == ["old"]
    with AtomicDirectory(tmp_path / "clip", overwrite=True) as folder:
        (folder / "new").touch()
    assert names(tmp_path / "clip") == ["new"]
    assert names(tmp_path) == ["clip"]


def test_what_a_killed_run_left_is_cleared(tmp_path):
    killed(tmp_path / ".clip.partial")
    with AtomicDirectory(tmp_path / "clip") as folder:
        assert names(folder) == []
    assert names(tmp_path) == ["clip"]


def test_a_run_killed_between_the_renames_loses_nothing(tmp_path):
    holder = killed(tmp_path / ".clip.partial")
    (holder / "old").mkdir()
    (holder / "old" / "clip.json").touch()
    with pytest.raises(OutputError, match="not empty"), AtomicDirectory(tmp_path / "clip"):
        raise AssertionError("never entered")
    assert names(tmp_path / "clip") == ["clip.json"]
    assert names(tmp_path) == ["clip"]


def test_a_run_killed_after_the_renames_leaves_the_new_one(tmp_path):
    """What it had replaced waits to be removed; it does not come back, even where the new one is gone since."""
    holder = killed(tmp_path / ".clip.partial")
    (holder / "new").rename(holder / "old")
    with AtomicDirectory(tmp_path / "clip") as folder:
        (folder / "new").touch()
    assert names(tmp_path / "clip") == ["new"]
    assert names(tmp_path) == ["clip"]


def test_what_is_not_ours_stays(tmp_path):
    (tmp_path / ".clip.partial").mkdir()
    (tmp_path / ".clip.partial" / "precious").touch()
    with pytest.raises(OutputError, match="no unfinished work of ours"):
        AtomicDirectory(tmp_path / "clip")
    assert names(tmp_path / ".clip.partial") == ["precious"]


def test_a_failed_final_rename_brings_the_old_one_back(tmp_path, monkeypatch):
    with AtomicDirectory(tmp_path / "clip") as folder:
        (folder / "old").touch()
    rename = Path.rename

    def failing(self, target):
        if self.name == "new":
            raise OSError(errno.EACCES, "denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="denied"), AtomicDirectory(tmp_path / "clip", overwrite=True):
        pass
    assert names(tmp_path) == ["clip"]
    assert names(tmp_path / "clip") == ["old"]


def test_two_writers_of_one_directory(tmp_path):
    pytest.importorskip("fcntl")
    with AtomicDirectory(tmp_path / "clip") as folder:
        (folder / "mine").touch()
        with pytest.raises(OutputError, match="another process"), AtomicDirectory(tmp_path / "clip"):
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


def test_any_writer_may_write_the_file(tmp_path):
    with atomic_file(tmp_path / "table") as partial:
        partial.write_text("whole")
        assert names(tmp_path) == [partial.name]
    with pytest.raises(UnicodeEncodeError), atomic_file(tmp_path / "table") as partial:
        partial.write_text("half \ud800", encoding="utf-8")
    with pytest.raises(OutputError, match="table: cannot be written"), atomic_file(tmp_path / "table"):
        pass  # a block that writes nothing made no file
    assert names(tmp_path) == ["table"]
    assert (tmp_path / "table").read_text() == "whole"


def test_what_cannot_be_written_names_the_file(tmp_path):
    (tmp_path / "file").touch()
    for write in (write_file, write_atomically):
        with pytest.raises(OutputError, match=r"file/inside: cannot be written"):
            write(tmp_path / "file" / "inside", b"x")


def test_a_running_writer_is_left_alone_and_a_finished_one_is_no_obstacle(tmp_path):
    first = AtomicDirectory(tmp_path / "clip")
    with pytest.raises(OutputError, match="another process"):
        AtomicDirectory(tmp_path / "clip")
    first.publish()
    first.discard()  # too late to matter
    AtomicDirectory(tmp_path / "clip", overwrite=True).discard()
    assert names(tmp_path) == ["clip"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a": 1,}', "line 1, column"),
        (b'{"a": 1, "a": 2}', "given twice"),
        (b"NaN", "NaN is not a finite number"),
        (b"[" * 100_000, "not valid JSON"),
        (b'"\xe9"', "byte 1: not UTF-8"),
        (b" " * 200_001, "larger than 200000 bytes"),
    ],
)
def test_json_is_read_strictly(tmp_path, data, message):
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=message) as caught:
        read_json(path, 200_000, unique_keys=True)
    assert caught.value.path == path


def test_json_at_the_limit_is_read(tmp_path):
    (tmp_path / "a.json").write_bytes(b'{"a": 1, "a": 2}')
    assert read_json(tmp_path / "a.json", 16) == {"a": 2}
    with pytest.raises(InputError, match="no such file"):
        read_json(tmp_path / "b.json", 16)
    with pytest.raises(InputError, match="cannot be read"):
        read_json(tmp_path, 16)


def test_a_hash_is_of_the_whole_file(tmp_path):
    """SHA-256 of "abc" is the first example of FIPS 180-2."""
    (tmp_path / "abc").write_bytes(b"abc")
    size, digest = hash_file(tmp_path / "abc")
    assert (size, digest.hex()) == (3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    with pytest.raises(InputError, match="cannot be read"):
        hash_file(tmp_path)


def test_names_that_are_safe_everywhere():
    assert all(is_plain_name(name) for name in ("a", "Town10HD_Opt", "run-1.2", ".hidden"))
    assert not any(is_plain_name(name) for name in ("", ".", "..", "...", "a/b", "a\\b", "a b", "\u0661", "a\n"))


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_pipe_is_neither_read_nor_waited_for(pipe):
    for read in (hash_file, has_file, open_input, lambda path: read_json(path, 100)):
        with pytest.raises(InputError, match="pipe: is not a regular file"):
            read(pipe)


def test_a_file_that_may_be_missing(tmp_path):
    (tmp_path / "here").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert has_file(tmp_path / "here")
    assert not has_file(tmp_path / "there")
    assert not has_file(tmp_path / "here" / "below")
    with pytest.raises(InputError, match="loop: cannot be read"):
        has_file(tmp_path / "loop")
    with pytest.raises(InputError, match="not a regular file"):
        has_file(tmp_path)


def test_only_files_are_replaced(tmp_path, pipe):
    (tmp_path / "link").symlink_to(pipe)
    for target, message in ((pipe, "not a regular file"), (tmp_path / "link", "not a regular"), (tmp_path, "a folder")):
        with pytest.raises(OutputError, match=message):
            write_atomically(target, b"x")
    assert names(tmp_path) == ["link", "pipe"]
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["", ".", "..", "a\0b", "a" * 300])
def test_names_that_no_file_can_have(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError):
        write_atomically(Path(name), b"x")
    with pytest.raises(InputError):
        hash_file(Path(name))
    assert names(tmp_path) == []


def test_a_name_as_long_as_file_systems_allow(tmp_path):
    write_atomically(tmp_path / ("a" * 255), b"x")
    assert names(tmp_path) == ["a" * 255]


def test_a_deleted_working_directory(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for write in (AtomicDirectory, check_directory, lambda path: write_atomically(path, b"x")):
        with pytest.raises(OutputError, match="cannot be written"):
            write(Path("clip"))


@pytest.mark.parametrize("foreign", ["extra", "other marker", "link"])
def test_a_hidden_folder_of_someone_else_stays(tmp_path, foreign):
    holder = killed(tmp_path / (".clip.partial" if foreign != "link" else "real"))
    if foreign == "extra":
        (holder / "precious").touch()
    elif foreign == "other marker":
        (holder / MARKER).write_text("a note of mine")
    else:
        (tmp_path / ".clip.partial").symlink_to(holder)
    before = sorted(tmp_path.rglob("*"))
    for write in (AtomicDirectory, check_directory):
        with pytest.raises(OutputError, match="no unfinished work of ours"):
            write(tmp_path / "clip")
    assert sorted(tmp_path.rglob("*")) == before


def test_hidden_folders_of_other_names_stay(tmp_path):
    (tmp_path / ".clip.old").mkdir()
    (tmp_path / ".clip.old" / "precious").touch()
    with AtomicDirectory(tmp_path / "clip") as folder:
        (folder / "a").touch()
    assert names(tmp_path) == [".clip.old", "clip"]
    assert names(tmp_path / ".clip.old") == ["precious"]


def test_a_directory_is_checked_without_making_it(tmp_path):
    check_directory(tmp_path / "deep" / "clip")
    killed(tmp_path / ".empty.partial")
    check_directory(tmp_path / "empty")
    assert names(tmp_path) == [".empty.partial"]
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    check_directory(tmp_path / "full", overwrite=True)
    for target, message in (
        ("full", "not empty"),
        ("full/file", "is a file"),
        ("full/file/sub", "Not a directory|no fol"),
    ):
        with pytest.raises(OutputError, match=message):
            check_directory(tmp_path / target)
    (tmp_path / ".empty.partial" / "old").mkdir()
    (tmp_path / ".empty.partial" / "old" / "clip.json").touch()
    with pytest.raises(OutputError, match="not empty"):  # what the killed writer moved away comes back first
        check_directory(tmp_path / "empty")
    with pytest.raises(OutputError, match="name one"):
        check_directory(Path("/"))


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="the superuser may write everywhere")
def test_a_forbidden_folder_is_noticed_beforehand(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="does not allow it"):
        check_directory(tmp_path / "closed" / "clip")


def test_what_killed_writers_left_is_cleared_and_nothing_else(tmp_path):
    for name in (".a.json.123.partial", ".a.json.partial", "a.json.123.partial", ".a.json.x.partial", "a.json"):
        (tmp_path / name).touch()
    (tmp_path / ".b.7.partial").mkdir()
    clear_partial_files(tmp_path)
    assert ".a.json.123.partial" not in {path.name for path in tmp_path.iterdir()}
    assert len(list(tmp_path.iterdir())) == 5
    clear_partial_files(tmp_path / "missing")
