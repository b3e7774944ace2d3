"""`ShownVideo`: a video that questions are asked about; finding those of a run."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from roadmark.clip import AugmentedClip, Clip, find_augmented, find_clips
from roadmark.errors import InputError, RoadmarkError
from roadmark.files import has_file, is_plain_name
from roadmark.verify import read_verification, verification_file

ORIGINAL = "original"
"""Stands for the clip itself where an augmentation is named."""

Refused = Callable[[str, RoadmarkError], None]


@dataclass(frozen=True)
class ShownVideo:
    """A clip's own video, or one of its augmentations.

    Attributes:
        clip: The clip's name in the dataset.
        clip_path: Its folder.
        augmentation: Name of the variation; None for the clip's own video.
        record: Record of the augmented clip; None for the clip's own video.
        video: The video.
        digest: Of the clip's manifest.
    """

    clip: str
    clip_path: Path
    augmentation: str | None
    record: Path | None
    video: Path
    digest: str

    @property
    def id(self) -> str:
        """Name in manifests."""
        return f"{self.clip}.{self.augmentation or ORIGINAL}"

    @property
    def verification(self) -> Path | None:
        """Its verification; None where it has none."""
        path = verification_file(self.video)
        return path if self.record is not None and has_file(path) else None

    def place(self, *, marked: bool) -> str:
        """Path in the dataset's folder."""
        return f"videos/{self.clip}/{self.augmentation or 'rgb'}{'_som' if marked else ''}.mp4"


@dataclass(frozen=True)
class FoundVideos:
    """What a dataset is made of.

    Attributes:
        videos: Clips in the order of their names, each followed by its augmentations.
        rejected: Augmentations left out because verification rejected them.
    """

    videos: tuple[ShownVideo, ...]
    rejected: tuple[str, ...] = ()

    @property
    def clips(self) -> Mapping[str, Sequence[ShownVideo]]:
        """Videos by clip."""
        found: dict[str, list[ShownVideo]] = {}
        for video in self.videos:
            found.setdefault(video.clip, []).append(video)
        return found


def find_videos(
    clips: Path,
    augmented: Path | None = None,
    *,
    keep_rejected: bool = False,
    refused: Refused | None = None,
) -> FoundVideos:
    """Every clip of a folder, and the augmentations of these clips.

    Args:
        clips: A folder of clips, at any depth.
        augmented: A folder of augmented clips; may hold some of other clips, which are left out.
        keep_rejected: Take also what verification rejected.
        refused: Told of what cannot be read, which is then left out; without it that is an error.

    Raises:
        InputError: There is no clip, two have the same name, or one lacks its video.
        FormatError: A record is malformed.
    """
    refused = refused or _raise
    found: dict[str, list[ShownVideo]] = {}
    names: dict[str, str] = {}
    for path in find_clips(clips):
        try:
            video = _own_video(clips, path, set(found))
        except RoadmarkError as error:
            refused(path.name, error)
            continue
        found[video.clip] = [video]
        names.setdefault(video.digest, video.clip)
    if not found:
        raise InputError(f"{clips}: holds no whole clip with a video; make some with roadmark simulate")
    rejected = []
    for one in [] if augmented is None else find_augmented(augmented):
        try:
            shown, refuse = _augmentation(one, found, names)
        except RoadmarkError as error:
            refused(str(one.path.relative_to(augmented) if augmented is not None else one.path), error)
            continue
        if shown is None:
            continue
        if refuse and not keep_rejected:
            rejected.append(shown.id)
        else:
            found[shown.clip].append(shown)
    order = sorted(itertools.chain.from_iterable(found.values()), key=lambda one: (one.clip, one.augmentation or ""))
    return FoundVideos(tuple(order), tuple(sorted(rejected)))


def _own_video(root: Path, path: Path, taken: set[str]) -> ShownVideo:
    parts = path.resolve().relative_to(root.resolve()).parts or (path.resolve().name,)
    name = "-".join(parts)
    if not is_plain_name(name) or name in taken:
        raise InputError(f"{path}: its name {name!r} is taken, or is not of letters, digits, '_', '.', '-'; rename it")
    clip = Clip.open(path)
    video = clip.video("rgb")
    if not has_file(video):
        raise InputError(f"{video}: the clip's video is missing; simulate the clip again")
    return ShownVideo(name, path, None, None, video, clip.digest)


def _augmentation(
    one: AugmentedClip, found: Mapping[str, Sequence[ShownVideo]], names: Mapping[str, str]
) -> tuple[ShownVideo | None, bool]:
    """An augmentation of one of the clips, None for one of other clips, and whether it is rejected."""
    digest = one.record.source_digest
    if digest is None or digest not in names:
        return None, False
    source = found[names[digest]][0]
    if not has_file(one.video):
        raise InputError(f"{one.video}: the augmented video is missing; augment the clip again")
    path = verification_file(one.video)
    verdict = read_verification(path).verdict if has_file(path) else one.record.verdict
    name = one.path.name
    if any(other.augmentation == name for other in found[source.clip]):
        raise InputError(f"{one.path}: {source.clip} has another augmentation of this name; rename one")
    shown = ShownVideo(source.clip, source.clip_path, name, one.record_file, one.video, source.digest)
    return shown, verdict == "reject"


def _raise(_: str, error: RoadmarkError) -> None:
    raise error
