"""What lies in the folder that is to be shown: a dataset, a run of clips, or augmented clips."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from roadmark.clip import AugmentedClip, find_augmented_records, find_clips
from roadmark.dataset import SAMPLES, SOURCES, Sources, read_sources
from roadmark.errors import InputError
from roadmark.files import has_file, input_errors, is_plain_name
from roadmark.report.problems import Problems

MEDIA, EVENTS = "videos", "events"


@dataclass(frozen=True)
class ShownClip:
    """One clip with everything that belongs to it.

    Attributes:
        name: Its name; in a run, its folder relative to the root.
        folder: Where its labels lie; None where that is not known.
        augmented: Folders of its augmentations, or their records, by name.
        media: The dataset's folder of its videos; None where there is none.
        events: The dataset's folder of its events; None where there is none.
    """

    name: str
    folder: Path | None = None
    augmented: Mapping[str, Path] = field(default_factory=dict)
    media: Path | None = None
    events: Path | None = None


@dataclass(frozen=True)
class ShownFolder:
    """The folder.

    Attributes:
        root: Absolute.
        is_dataset: Whether it has samples or sources.
        clips: In order of their names, numbers counting as numbers.
    """

    root: Path
    is_dataset: bool
    clips: tuple[ShownClip, ...]


def look_into(root: Path, sampled: Iterable[str], problems: Problems) -> ShownFolder:
    """Find what a folder holds.

    Args:
        root: Absolute.
        sampled: Clips that samples speak of.
        problems: Takes what is damaged.
    """
    is_dataset = has_file(root / SAMPLES) or has_file(root / SOURCES)
    clips = _dataset_clips(root, sampled, problems) if is_dataset else _run_clips(root, problems)
    return ShownFolder(root, is_dataset, tuple(sorted(clips, key=lambda clip: _in_order(clip.name))))


def _dataset_clips(root: Path, sampled: Iterable[str], problems: Problems) -> list[ShownClip]:
    sources = Sources()
    with problems.contained():
        sources = read_sources(root / SOURCES)
    names = {*sources.clips, *(name.split("/")[0] for name in sources.augmented), *sampled}
    with problems.contained(), input_errors(root / MEDIA):
        if (root / MEDIA).is_dir():
            names |= {entry.name for entry in (root / MEDIA).iterdir() if entry.is_dir() and is_plain_name(entry.name)}
    augmented: dict[str, dict[str, Path]] = {}
    for name, path in sorted(sources.augmented.items(), key=lambda item: _in_order(item[0])):
        clip, version = name.split("/")
        augmented.setdefault(clip, {})[version] = _below(root, path)
    return [
        ShownClip(
            name,
            _below(root, sources.clips[name]) if name in sources.clips else None,
            augmented.get(name, {}),
            root / MEDIA / name,
            root / EVENTS / name,
        )
        for name in names
    ]


def _run_clips(root: Path, problems: Problems) -> list[ShownClip]:
    """Clips, and augmented ones beside the clips they were made from, wherever those are."""
    names = {path: _name(path, root) for path in _found_clips(root)}
    augmented: dict[str, dict[str, Path]] = {}
    for record in find_augmented_records(root):
        with problems.contained():
            source = AugmentedClip.open(record).source_path
            name = _name(record.parent, root)
            if source is not None:
                above = _name(record.parent.parent, root) if record.parent != root else name
                name = names.setdefault(Path(os.path.normpath(source)), name if above in names.values() else above)
            augmented.setdefault(name, {})[_version(record)] = record
    clips = [ShownClip(name, path, augmented.pop(name, {})) for path, name in names.items()]
    return clips + [ShownClip(name, None, versions) for name, versions in augmented.items()]


def _found_clips(root: Path) -> list[Path]:
    """Clips, without what `roadmark augment` keeps: the caption of a clip called "clip" is `captions/clip.json`."""
    try:
        return [path for path in find_clips(root) if path.name != "captions"]
    except InputError:
        return []  # there may be augmented ones


def _version(record: Path) -> str:
    """Name of an augmentation: its folder's, or its record's where the name is not the usual one."""
    return record.parent.name if record.name == "output.json" else record.stem


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path != root else root.name


def _below(root: Path, path: str) -> Path:
    return Path(os.path.normpath(root / path))


def _in_order(name: str) -> list[tuple[str, str]]:
    parts = name.replace("_", "/").split("/")
    return [(part.rjust(20, "0") if part.isdecimal() else part, part) for part in parts]
