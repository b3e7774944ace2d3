"""Where the page's data and videos lie: in the page itself, or beside it."""

from __future__ import annotations

import base64
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from roadmark.errors import InputError, OutputError
from roadmark.files import AtomicDirectory, has_file, input_errors, open_input, output_errors, read_bounded, write_file
from roadmark.report.page import GENERATOR, clip_script, data_text
from roadmark.report.streams import Stream

MAX_INLINED = 2 * 1024 * 1024
"""Most bytes of clips' data that lie in the page itself."""
MAX_EMBEDDED = 100 * 1024 * 1024
"""Most bytes of videos that are taken into the page."""

_DATA_FILE = re.compile(r"[0-9]+\.js")


class Sources:
    """Says where the page finds videos and pictures.

    Args:
        folder: The page's, absolute.
        embed: Take videos into the page.
    """

    def __init__(self, folder: Path, *, embed: bool) -> None:
        self._folder = folder
        self._embed = embed
        self._embedded = 0

    def record(self, stream: Stream) -> dict[str, Any]:
        """What the page reads of a stream.

        Raises:
            InputError: The videos are larger than what a page can hold.
            OutputError: The page cannot lead there.
        """
        if stream.problem:
            return stream.record("")
        if not self._embed:
            return stream.record(self._address(stream.file))
        if stream.kind == "images":
            return stream.record("") | {"problem": "pictures of single frames are not embedded"}
        return stream.record(self._content(stream.file))

    def _address(self, file: Path) -> str:
        try:
            relative = os.path.relpath(file, self._folder)
        except ValueError:
            raise OutputError(f"{file}: is on another drive than the page; write the page there, or embed") from None
        return quote(os.fsencode(PurePath(relative).as_posix()))

    def _content(self, file: Path) -> str:
        with input_errors(file), open_input(file) as stream:
            self._embedded += stream.seek(0, 2)
        if self._embedded > MAX_EMBEDDED:
            raise InputError(
                f"{file}: with it, the videos are {self._embedded / 2**20:.0f} MiB, and a page takes "
                f"{MAX_EMBEDDED // 2**20} MiB; leave out --embed, or show fewer clips"
            )
        return "data:video/mp4;base64," + base64.b64encode(read_bounded(file, MAX_EMBEDDED)).decode()


class ClipData:
    """Takes the data of clips, one after the other: kept for the page while it is little, else a file per clip.

    Args:
        page: The HTML file; the folder beside it is named after it.
        inline_all: Keep everything for the page.

    Attributes:
        inlined: `data_text` of all clips, empty where they lie in files.
        folder: Where the files are, once there are any.

    Raises:
        OutputError: Something that is no page of ours, or no data of one, stands where they are to be written.
    """

    def __init__(self, page: Path, *, inline_all: bool) -> None:
        self.inlined: list[str] = []
        self.folder: Path | None = None
        self._place = page.with_name(f"{page.stem}_clips")
        self._inline_all = inline_all
        self._count = self._size = 0
        self._stack = ExitStack()
        self._writing: Path | None = None
        _check_page(page)
        _check_data(self._place)

    def add(self, record: Mapping[str, Any]) -> None:
        """Take the next clip."""
        self.inlined.append(data_text(record))
        self._size += len(self.inlined[-1])
        if self._inline_all or self._size <= MAX_INLINED:
            return
        if self._writing is None:
            self._writing = self._stack.enter_context(AtomicDirectory(self._place, overwrite=True))
            self.folder = self._place
        for text in self.inlined:
            write_file(self._writing / f"{self._count}.js", clip_script(self._count, text))
            self._count += 1
        self.inlined.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, traceback)
        if error is None and self._writing is None and self._place.is_dir():
            with output_errors(self._place):
                shutil.rmtree(self._place)  # of an earlier page, looked at before


def _check_page(page: Path) -> None:
    if page.suffix.lower() not in (".html", ".htm"):
        raise OutputError(f"{page}: the name of a page must end in .html")
    if has_file(page):
        with open_input(page) as stream:
            if GENERATOR.encode() not in stream.read(600):
                raise OutputError(f"{page}: is there and no report of ours; choose another name")


def _check_data(folder: Path) -> None:
    with input_errors(folder):
        if not os.path.lexists(folder):
            return
        if folder.is_symlink() or not folder.is_dir() or not all(map(_is_data, folder.iterdir())):
            raise OutputError(f"{folder}: holds other files than the data of a report; choose another --output")


def _is_data(file: Path) -> bool:
    return _DATA_FILE.fullmatch(file.name) is not None and file.is_file()
