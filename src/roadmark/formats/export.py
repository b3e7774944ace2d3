"""A dataset in a trainer's format: every writer of this room behind one name, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from roadmark.dataset import DatasetFolder
from roadmark.errors import ConfigError, InputError
from roadmark.files import AtomicDirectory, write_file
from roadmark.formats import export_conversations as conversations
from roadmark.formats import export_images as images
from roadmark.formats.export_job import ExportJob, ExportOptions

RECORD = "export.json"

TARGETS: Mapping[str, Callable[[ExportJob], dict[str, int]]] = {
    "llava": conversations.export_llava,
    "published": conversations.export_published,
    "qwen": conversations.export_qwen,
    "cosmos-rl": conversations.export_cosmos_rl,
    "hf": conversations.export_huggingface,
    "webdataset": conversations.export_webdataset,
    "coco": images.export_coco,
    "odvg": images.export_odvg,
    "yolo": images.export_yolo,
    "kitti": images.export_kitti,
    "nuscenes": images.export_nuscenes,
}
"""What a dataset is exported to, by name: writes a folder, returns samples or images per side."""

REFERRING = ("llava", "published", "qwen", "cosmos-rl", "hf")
"""Formats that name media by their paths; the others hold them."""


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes:
        folder: Where.
        counts: Samples, or images of label formats, per side.
        notes: What a user should know.
    """

    folder: Path
    counts: Mapping[str, int]
    notes: tuple[str, ...]


def check_targets(names: list[str]) -> list[str]:
    """Names of targets, each once.

    Raises:
        ConfigError: One is not known.
    """
    if unknown := [name for name in names if name not in TARGETS]:
        raise ConfigError(f"export target {unknown[0][:80]!r} is not known; there are {', '.join(TARGETS)}")
    if not names:
        raise ConfigError(f"name at least one export target of {', '.join(TARGETS)}")
    return list(dict.fromkeys(names))


def export_dataset(
    dataset: DatasetFolder,
    target: str,
    folder: Path,
    options: ExportOptions | None = None,
    *,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Exported:
    """Write a dataset in a format; the same dataset and options give the same bytes.

    Args:
        dataset: The dataset.
        target: One of `TARGETS`.
        folder: Where it appears; must not exist, or be empty, unless `overwrite`.
        options: What is written and how.
        overwrite: Replace an older folder.
        progress: Called with images done and images in all, clip by clip.

    Raises:
        ConfigError: The target is not known.
        InputError: The format cannot hold a sample, or something that it needs is missing.
        OutputError: The folder is not free, or cannot be written.
    """
    write = TARGETS[check_targets([target])[0]]
    with AtomicDirectory(folder, overwrite=overwrite) as partial:
        job = ExportJob(dataset, partial, folder, options or ExportOptions(), progress)
        found = write(job)
        counts = {side: found[side] for side in job.sides if side in found}
        record = {"format": target, "media_root": job.media_root() if target in REFERRING else ".", "counts": counts}
        if (partial / RECORD).exists():  # a link to the dataset's own file, which must not be written to
            raise InputError(f"{dataset.path}: a medium has the name {RECORD}; give --media refer, or rename it")
        write_file(partial / RECORD, (json.dumps(record, indent=1) + "\n").encode())
    return Exported(folder, counts, tuple(job.notes))
