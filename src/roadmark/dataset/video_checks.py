"""Whether a dataset's media can be decoded to their end and are as long as their labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from roadmark.clip import AugmentedClip, Clip
from roadmark.dataset.folder import SOURCES, DatasetFolder
from roadmark.dataset.media_files import locate_media
from roadmark.dataset.problems import Problem
from roadmark.dataset.sample import Media, Sample
from roadmark.errors import InputError, RoadmarkError
from roadmark.files import has_file
from roadmark.media import decode_video, read_image, video_info


@dataclass(frozen=True)
class MarksOfVideo:
    """What the record beside a marked video says.

    Attributes:
        frames: Frames of the video.
        actors: Actor of every mark, by what its plate says.
    """

    frames: int
    actors: Mapping[str, int]


class MediaChecker:
    """Looks at every medium once, and at the clip that its labels come from.

    Args:
        dataset: The dataset.
        decode: Decode videos and images to their end; else videos' frames are only counted.
        marks_of: The record of marks beside a video; None where it has none.
    """

    def __init__(
        self, dataset: DatasetFolder, decode: bool = True, marks_of: Callable[[Path], MarksOfVideo | None] | None = None
    ) -> None:
        self.seen = 0
        self._dataset, self._decode, self._marks_of = dataset, decode, marks_of
        self._has_sources = has_file(dataset.path / SOURCES)
        self._looked_at: dict[str, MarksOfVideo | None] = {}
        self._lengths: dict[tuple[str, str | None], int | None] = {}

    def look(self, sample: Sample) -> Iterator[Problem]:
        """Faults of a sample's media and clip that were not met before, and of its marks."""
        yield from self._look_for_clip(sample)
        for media in sample.media:
            if media.path not in self._looked_at:
                self._looked_at[media.path] = None
                yield from self._look_at(sample, media)
            if (marks := self._looked_at[media.path]) is not None:
                yield from _wrong_marks(sample, media, marks)

    def _look_for_clip(self, sample: Sample) -> Iterator[Problem]:
        key = (sample.clip, sample.augmentation)
        if not self._has_sources or key in self._lengths:
            return
        self._lengths[key] = None
        try:
            self._lengths[key] = self._labelled_frames(sample.clip, sample.augmentation)
        except InputError as error:
            yield Problem("missing_clip", sample.id, str(error))

    def _labelled_frames(self, clip: str, augmentation: str | None) -> int:
        labelled = len(Clip.open(self._dataset.clip_folder(clip)))
        if augmentation is None:
            return labelled
        folders = self._dataset.augmented_folders(clip)
        if augmentation not in folders:
            raise InputError(f"{self._dataset.path / SOURCES}: does not say where {clip}/{augmentation} lies")
        frame_map = AugmentedClip.open(folders[augmentation]).record.frame_map
        return labelled if frame_map is None else len(frame_map)

    def _look_at(self, sample: Sample, media: Media) -> Iterator[Problem]:
        try:
            path = locate_media(self._dataset.path, media)
        except InputError:
            return  # said by `SampleChecker`
        self.seen += 1
        try:
            if media.kind == "image":
                if self._decode:
                    read_image(path)
                return
            frames = sum(1 for _ in decode_video(path)) if self._decode else video_info(path).frames
            marks = None if self._marks_of is None else self._marks_of(path)
        except RoadmarkError as error:
            yield Problem("damaged_media", sample.id, str(error))
            return
        self._looked_at[media.path] = marks
        labelled = self._lengths.get((sample.clip, sample.augmentation))
        if labelled is not None and frames != labelled:
            yield Problem("wrong_length", sample.id, f"{media.path}: has {frames} frames, its labels {labelled}")
        elif marks is not None and frames != marks.frames:
            yield Problem("wrong_length", sample.id, f"{media.path}: has {frames} frames, its marks {marks.frames}")


def _wrong_marks(sample: Sample, media: Media, marks: MarksOfVideo) -> Iterator[Problem]:
    for mark in sample.marks:
        actor = marks.actors.get(str(mark.number))
        if actor != mark.actor_id:
            there = "is not drawn" if actor is None else f"stands for actor {actor}"
            detail = f"{media.path}: mark {mark.number} {there}, the sample says actor {mark.actor_id}"
            yield Problem("wrong_mark", sample.id, detail)
