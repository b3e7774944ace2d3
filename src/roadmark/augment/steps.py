"""Results of an item's single steps, kept until the whole item is done, so that no service is paid twice.

An augmentation asks services for a prompt and a video; whatever ends a run between the two must not lose what was paid
for. Each result lies in a hidden folder beside the outputs under the hash of what was asked; the folder goes when the
run's manifest says that the item is done.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from roadmark.errors import InputError
from roadmark.files import has_file, hash_file, output_errors, read_json, write_atomically
from roadmark.pipeline import JsonValue, json_hash

_MAX_BYTES = 16 * 1024 * 1024


class StepStore:
    """The kept results of one item.

    Args:
        record: The item's last file (`output.json`); the folder lies beside it.
    """

    def __init__(self, record: Path) -> None:
        self.folder = record.parent / f".{record.stem}.steps"

    def exists(self) -> bool:
        """Whether a run was at work on the item and did not come to its end."""
        return self.folder.is_dir()

    def json(self, step: str, asked: JsonValue, make: Callable[[], Mapping[str, JsonValue]]) -> dict[str, Any]:
        """The result of a step that gives JSON: the kept one where the same was asked, else a new one, kept.

        Args:
            step: The step's name.
            asked: Everything its result depends on.
            make: Does the step.
        """
        path = self.folder / f"{step}-{json_hash(asked)[:32]}.json"
        kept = _object(path)
        if kept is not None:
            return kept
        made = dict(make())
        self._write(path, made)
        return made

    def video(
        self,
        step: str,
        asked: JsonValue,
        target: Path,
        make: Callable[[Path], Mapping[str, JsonValue]],
        *,
        paid: bool = False,
    ) -> tuple[Path, dict[str, Any]]:
        """The result of a step that writes a video: the kept one where the same was asked, else a new one.

        Args:
            step: The step's name.
            asked: Everything its result depends on.
            target: Where the video goes in the end; it may be there already, from a run that ended just before its end.
            make: Writes the video, whole or not at all, and returns facts about it.
            paid: A whole video without its facts, left by a run that was killed between the two, is taken all the same;
                what costs nothing is made again.

        Returns:
            Where the video is now, and the facts.
        """
        stem = f"{step}-{json_hash(asked)[:32]}"
        video, receipt = self.folder / f"{stem}.mp4", self.folder / f"{stem}.json"
        kept = _object(receipt)
        if kept is not None:
            for place in (video, target):
                if has_file(place) and hash_file(place)[1].hex() == kept.get("sha256"):
                    return place, dict(kept["facts"])
        if paid and kept is None and has_file(video):
            facts: dict[str, JsonValue] = {}
        else:
            with output_errors(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                video.unlink(missing_ok=True)
            facts = dict(make(video))
        self._write(receipt, {"sha256": hash_file(video)[1].hex(), "facts": facts})
        return video, facts

    def clear(self) -> None:
        """Forget everything: the item is whole."""
        with output_errors(self.folder):
            shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, path: Path, value: Mapping[str, JsonValue]) -> None:
        with output_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def place(video: Path, target: Path) -> None:
    """Move a finished video to its place; nothing happens where it is there already."""
    if video != target:
        with output_errors(target):
            os.replace(video, target)


def _object(path: Path) -> dict[str, Any] | None:
    """A kept result; None where there is none, or what is there cannot be trusted."""
    if not has_file(path):
        return None
    try:
        value = read_json(path, _MAX_BYTES)
    except InputError:
        return None
    return value if isinstance(value, dict) else None
