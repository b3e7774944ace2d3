"""`ShownVideo`: a video that questions are asked about; finding those of a run."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from roadmark.clip import AugmentedClip, Clip, find_augmented_records, find_clips
from roadmark.errors import InputError, RoadmarkError
from roadmark.files import has_file, is_plain_name
from roadmark.verify import read_verification, verification_file

ORIGINAL = "original"
"""Stands for the clip itself where an augmentation is named."""
_TAKEN = re.compile(rf"rgb|{ORIGINAL}|.*_som", re.IGNORECASE)
"""Names of augmentations whose videos would lie where others do."""

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
        foreign: Records left out because they were made from none of these clips as they are now.
    """

    videos: tuple[ShownVideo, ...]
    rejected: tuple[str, ...] = ()
    foreign: tuple[Path, ...] = ()

    @property
    def clips(self) -> Mapping[str, Sequence[ShownVideo]]:
        """Videos by clip."""
        found: dict[str, list[ShownVideo]] = {}
        for video in self.videos:
            found.setdefault(video.clip, []).append(video)
        return found


def left_over(folder: Path, found: FoundVideos) -> tuple[str, ...]:
    """Videos in a dataset's folder that an earlier build left there and nothing asks about any more.

    Args:
        folder: The dataset's folder.
        found: What it is built of now.
    """
    wanted = {video.place(marked=marked) for video in found.videos for marked in (False, True)}
    there = (path.relative_to(folder).as_posix() for path in folder.glob("videos/*/*.mp4"))
    return tuple(sorted(set(there) - wanted))


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
        InputError: There is no clip, two have the same name or are copies, or one lacks its video; an augmentation has
            a name that cannot be used, or a video or verification that are not its own.
        FormatError: A record is malformed.
    """
    refused = refused or _raise
    found: dict[str, list[ShownVideo]] = {}
    names: dict[str, str] = {}
    for path in find_clips(clips):
        try:
            video = _own_video(clips, path, set(found))
            if video.digest in names:
                raise InputError(f"{path}: is a copy of {found[names[video.digest]][0].clip_path}; remove one of them")
        except RoadmarkError as error:
            refused(path.name, error)
            continue
        found[video.clip] = [video]
        names[video.digest] = video.clip
    if not found:
        raise InputError(f"{clips}: holds no whole clip with a video; make some with roadmark simulate")
    rejected, foreign = [], []
    for file in [] if augmented is None else _records(augmented):
        try:
            one = AugmentedClip.open(file)
            if one.record.source_digest not in names:
                foreign.append(file)
                continue
            source = found[names[one.record.source_digest]]
            shown = _augmentation(one, source)
            refuse = _verdict(one) == "reject"
        except RoadmarkError as error:
            refused(str(file.parent.relative_to(augmented) if augmented is not None else file.parent), error)
            continue
        if refuse and not keep_rejected:
            rejected.append(shown.id)
        else:
            source.append(shown)
    order = sorted(itertools.chain.from_iterable(found.values()), key=lambda one: (one.clip, one.augmentation or ""))
    return FoundVideos(tuple(order), tuple(sorted(rejected)), tuple(foreign))


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


def _records(root: Path) -> list[Path]:
    found = find_augmented_records(root)
    if not found:
        raise InputError(f"{root}: holds no augmented clip (output.json); make some with roadmark augment")
    return found


def _augmentation(one: AugmentedClip, shown: Sequence[ShownVideo]) -> ShownVideo:
    """An augmentation of a clip, of which some videos are known, its own first."""
    source, name = shown[0], one.path.resolve().name
    if not is_plain_name(name) or _TAKEN.fullmatch(name):
        raise InputError(
            f"{one.path}: {name!r} cannot name an augmentation: use letters, digits, '_', '.', '-', and neither rgb, "
            f"{ORIGINAL} nor an ending _som; rename the folder"
        )
    if any(other.augmentation == name for other in shown):
        raise InputError(f"{one.path}: {source.clip} has another augmentation of this name; rename one")
    if not has_file(one.video):
        raise InputError(f"{one.video}: the augmented video is missing; augment the clip again")
    frames = one.record.frame_map or ()
    if any(later < before for before, later in itertools.pairwise(frames)):
        raise InputError(f"{one.record_file}: frame_map goes back in time, where questions cannot follow; remove it")
    if one.video.resolve().parent != one.path.resolve():
        raise InputError(f"{one.record_file}: output_video_path = {one.record.output_video_path!r} is not beside it")
    return ShownVideo(source.clip, source.clip_path, name, one.record_file, one.video, source.digest)


def _verdict(one: AugmentedClip) -> str | None:
    """What verification says of it."""
    path = verification_file(one.video)
    if not has_file(path):
        return one.record.verdict
    verification = read_verification(path)
    if verification.source_digest != one.record.source_digest:
        raise InputError(f"{path}: is of another clip's video (source_digest); verify the video again")
    return verification.verdict


def _raise(_: str, error: RoadmarkError) -> None:
    raise error
