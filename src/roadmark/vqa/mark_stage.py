"""Videos with marks, as a pipeline stage."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from roadmark import __version__
from roadmark.clip import Clip
from roadmark.errors import InputError
from roadmark.files import atomic_file, output_errors
from roadmark.marks import MarkOptions, MarkText, mark_video, marks_file
from roadmark.media import video_info
from roadmark.pipeline import Item, JsonValue
from roadmark.questions import LEAST_SIDE
from roadmark.vqa.videos import ShownVideo


class MarkStage:
    """Writes a video with marks on everyone who is large enough, and the video without them beside it.

    Args:
        text: What marks say.
        seed: Deals numbers and colours.
        media: How the video without marks comes into the dataset.
    """

    name = "marks"
    """Name in manifests."""

    def __init__(self, text: MarkText, seed: int, media: Literal["link", "copy"]) -> None:
        self._text, self._seed, self._media = text, seed, media

    @property
    def version(self) -> str:
        """Roadmark's version: another one may draw otherwise."""
        return __version__

    def config(self) -> Mapping[str, JsonValue]:
        """What decides the marks, and how the video without them comes."""
        return {"text": self._text, "seed": self._seed, "media": self._media}

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Mark one video."""
        video, clip = _path(item, "video"), Clip.open(_path(item, "clip").parent)
        if "odvg" not in clip.manifest.folders:
            raise InputError(f"{clip.path}: has no odvg labels, which marks are drawn from; simulate it again")
        if "record" not in item.inputs:
            _check_own(video, clip)
        (plain,) = (path for path in item.companions if path.suffix == ".mp4")
        with output_errors(plain.parent):
            plain.parent.mkdir(parents=True, exist_ok=True)
        _bring(video, plain, self._media)
        least = (LEAST_SIDE * clip.size[1]) ** 2
        options = MarkOptions(area_threshold=least, text=self._text, seed=self._seed)
        record = mark_video(video, clip.path / "odvg", item.output, options)
        return {"marks": len(record.marks), "notes": list(record.notes)}


def mark_items(videos: Sequence[ShownVideo], folder: Path) -> list[Item]:
    """One item per video, `<clip>.<augmentation>`, or `<clip>.original`."""
    items = []
    for video in videos:
        marked, plain = folder / video.place(marked=True), folder / video.place(marked=False)
        inputs: dict[str, Path | str] = {"clip": video.clip_path / "clip.json", "video": video.video}
        if video.record is not None:
            inputs["record"] = video.record
        if video.verification is not None:
            inputs["verification"] = video.verification
        items.append(Item(video.id, marked, inputs, companions=(marks_file(marked), plain)))
    return items


def _path(item: Item, name: str) -> Path:
    path = item.inputs[name]
    assert isinstance(path, Path)
    return path


def _check_own(video: Path, clip: Clip) -> None:
    """Whether a clip's own video is the one that was written with its labels."""
    frames = video_info(video).frames
    if clip.manifest.origin == "roadmark" and frames != len(clip):
        raise InputError(f"{video}: has {frames} frames, the clip's labels {len(clip)}; simulate the clip again")


def _bring(source: Path, target: Path, media: Literal["link", "copy"]) -> None:
    if media == "link" and target.exists() and target.samefile(source):
        return  # a second link would not replace the first, and stay
    with atomic_file(target) as partial:
        if media == "link":
            try:
                partial.unlink(missing_ok=True)
                os.link(source.resolve(), partial)  # the file, not a symbolic link to it
            except OSError:  # another file system, or one without links
                pass
            else:
                return
        shutil.copyfile(source, partial)
