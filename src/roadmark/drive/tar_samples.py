"""Tars of one WebDataset sample: every member is `<sample>.<key>`. Nothing is ever unpacked to the disk.

Source: specs/av-grounding.md 1.1; webdataset's tariterators (a key is what follows the base name's first dot).
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from roadmark.drive.problems import Problems
from roadmark.errors import FormatError, TruncatedError
from roadmark.files import atomic_file, input_errors, open_input

MAX_TAR_BYTES = 1 << 30
MAX_MEMBERS = 1_000_000
MAX_MEMBER_BYTES = 256 << 20

_BLOCK = 512  # bytes; a tar ends with blocks of zeros


def read_tar(path: Path, problems: Problems, item: str) -> dict[str, bytes]:
    """Read the members of a tar's first sample.

    What breaks off, leads out of its folder, is no file, comes twice or belongs to another sample is a problem, and
    the rest is read.

    Args:
        path: The tar.
        problems: Takes what is wrong with members.
        item: What the tar is in the drive, for problems.

    Returns:
        Bytes of the members by key in lower case, in their order.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It is no tar at all, or too large.
    """
    members: dict[str, bytes] = {}
    with input_errors(path):
        if path.stat().st_size > MAX_TAR_BYTES:
            raise FormatError(f"larger than {MAX_TAR_BYTES} bytes", path=path)
        with open_input(path) as raw, io.BufferedReader(raw) as stream:
            try:
                with tarfile.open(fileobj=stream, mode="r:") as tar:
                    _read_members(tar, path, members, problems, item)
                    _check_end(stream, tar.offset, path)
            except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
                if not members:
                    raise FormatError(f"no readable tar: {error}", path=path) from None
                _add_break(problems, item, path, f"breaks off after {len(members)} members: {error}")
            except TruncatedError:
                _add_break(problems, item, path, f"breaks off after {len(members)} members: the end mark is missing")
    return members


def write_tar(path: Path, sample: str, members: Iterable[tuple[str, bytes]]) -> None:
    """Write a tar of one sample, whole or not at all; the same members give the same bytes.

    Args:
        path: The tar.
        sample: What all members' names begin with; without dots.
        members: Key and bytes of each.

    Raises:
        OutputError: It cannot be written.
    """
    with atomic_file(path) as partial, tarfile.open(partial, "w", format=tarfile.PAX_FORMAT) as tar:
        for key, data in members:
            info = tarfile.TarInfo(f"{sample}.{key}")
            info.size, info.mode = len(data), 0o444
            tar.addfile(info, io.BytesIO(data))


def _read_members(tar: tarfile.TarFile, path: Path, members: dict[str, bytes], problems: Problems, item: str) -> None:
    sample: str | None = None
    count = 0
    while (member := tar.next()) is not None:
        count += 1
        if member.size < 0 or count > MAX_MEMBERS:
            raise tarfile.ReadError(f"member {count} claims {member.size} bytes")
        name = PurePosixPath(member.name)
        shown = member.name[-120:]
        if name.is_absolute() or ".." in name.parts or "\\" in member.name:
            problems.add("unsafe_path", item, "leads out of the folder; it is not read", path=path, field=shown)
        elif member.isdir():
            continue
        elif not member.isreg():
            problems.add("unsafe_path", item, "is a link or a device; it is not read", path=path, field=shown)
        elif member.size > MAX_MEMBER_BYTES:
            message = f"claims {member.size} bytes; at most {MAX_MEMBER_BYTES} are read"
            problems.add("bad_file", item, message, path=path, field=shown)
        else:
            prefix, _, key = name.name.lower().partition(".")
            sample = sample if sample is not None else prefix
            data = tar.extractfile(member).read()  # type: ignore[union-attr] # a regular file
            if prefix != sample:
                problems.add("bad_file", item, f"belongs to another sample than {sample}", path=path, field=shown)
            elif key in members:
                problems.add("duplicate_id", item, "comes twice; the first is kept", path=path, field=shown)
            else:
                members[key] = data


def _check_end(stream: IO[bytes], offset: int, path: Path) -> None:
    """Python's reader ends quietly where a header is cut or missing."""
    stream.seek(offset)
    if stream.read(_BLOCK) != bytes(_BLOCK):
        raise TruncatedError("the end mark is missing", path=path)


def _add_break(problems: Problems, item: str, path: Path, message: str) -> None:
    with problems.recording("truncated", item):
        raise TruncatedError(message, path=path)
