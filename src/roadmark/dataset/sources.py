"""`sources.json`: where the clips of a dataset lie, for their labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from roadmark.errors import FormatError, InputError
from roadmark.files import is_plain_name, read_json, write_atomically

MAX_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Sources:
    """Folders of the clips that samples speak of, relative to the dataset's; they may lie beside it ("../simulated").

    Attributes:
        clips: Folder of every source clip.
        augmented: Folder of every augmented clip, by "<clip>/<augmentation>".

    Raises:
        InputError: A name that no clip has, or a path that is not relative.
    """

    clips: Mapping[str, str] = field(default_factory=dict)
    augmented: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind, parts, folders in (("clips", 1, self.clips), ("augmented", 2, self.augmented)):
            for name, path in folders.items():
                names = name.split("/")
                if len(names) != parts or not all(map(is_plain_name, names)):
                    raise InputError(f"{kind}: {name[:80]!r} is no name of a clip{'/augmentation' * (parts - 1)}")
                if not path or "\0" in path or PurePosixPath(path).is_absolute() or PureWindowsPath(path).anchor:
                    raise InputError(f"{kind}.{name}: {path[:80]!r} must be a path relative to the dataset's folder")


def write_sources(path: Path | str, sources: Sources) -> None:
    """Write them whole or not at all, sorted by name.

    Raises:
        OutputError: The file cannot be written.
    """
    record = {"clips": dict(sorted(sources.clips.items())), "augmented": dict(sorted(sources.augmented.items()))}
    write_atomically(Path(path), json.dumps(record, indent=1) + "\n")


def read_sources(path: Path | str) -> Sources:
    """Read them.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It is malformed; names the field.
    """
    file = Path(path)
    record = read_json(file, MAX_BYTES, unique_keys=True)
    if not isinstance(record, dict) or set(record) != {"clips", "augmented"}:
        raise FormatError("must be an object with clips and augmented", path=file)
    try:
        return Sources(_texts(record["clips"], "clips"), _texts(record["augmented"], "augmented"))
    except InputError as error:
        raise FormatError(str(error), path=file) from None


def _texts(value: Any, name: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(path, str) for path in value.values()):
        raise InputError(f"{name} must be an object of paths")
    return value
