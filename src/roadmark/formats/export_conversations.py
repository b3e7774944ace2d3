"""Exports to formats of vision-language trainers: a file or folder per side of the split."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from roadmark.dataset import Sample, card_text, count_samples
from roadmark.errors import InputError
from roadmark.files import write_file
from roadmark.formats.cosmos_rl import write_cosmos_rl
from roadmark.formats.export_job import ExportJob
from roadmark.formats.huggingface import SPLIT_NAMES, write_huggingface
from roadmark.formats.llava import write_llava
from roadmark.formats.published import is_published, write_published
from roadmark.formats.qwen import write_qwen
from roadmark.formats.webdataset import write_webdataset

RECIPE = "recipe"
"""Folder of the published recipe's files in the LLaVA export."""


def export_llava(job: ExportJob) -> dict[str, int]:
    """`<side>.json` with tags, `<side>_untagged.json`, and of the published recipe's questions its own files."""
    counts = {side: write_llava(job.folder / f"{side}.json", job.samples(side)) for side in job.sides}
    for side in job.sides:
        write_llava(job.folder / f"{side}_untagged.json", job.samples(side), tags=False)
    if any(map(is_published, job.dataset.samples())):
        _write_published(job, job.folder / RECIPE)
    job.place_media()
    return counts


def export_published(job: ExportJob) -> dict[str, int]:
    """The published recipe's four files in `<side>/`; of questions only those it has."""
    if not any(map(is_published, job.dataset.samples())):
        raise InputError(f"{job.dataset.path}: has no question in the words of the published recipe")
    counts = _write_published(job, job.folder)
    job.place_media()
    return counts


def export_qwen(job: ExportJob) -> dict[str, int]:
    """`<side>/annotations.json`."""
    counts = {side: write_qwen(job.folder / side / "annotations.json", job.samples(side)) for side in job.sides}
    job.place_media()
    return counts


def export_cosmos_rl(job: ExportJob) -> dict[str, int]:
    """`<side>/annotations.json` and `<side>/dataset.toml`, whose paths hold where training runs in that folder."""
    counts = {
        side: write_cosmos_rl(job.folder / side, job.samples(side), media_path=job.media_root(side))
        for side in job.sides
    }
    job.place_media()
    return counts


def export_huggingface(job: ExportJob) -> dict[str, int]:
    """`data/<side>-<number>.parquet` and the dataset's card, which names them."""
    dataset = job.dataset
    counts = job.write_into(lambda folder: write_huggingface(folder, dataset.samples(), dataset.side_of))
    statistics = count_samples(job.dataset.samples(), job.dataset.side_of)
    files = {SPLIT_NAMES.get(side, side): f"data/{side}-*.parquet" for side in job.sides}
    card = card_text(statistics, split=job.dataset.split, data_files=files, media_root=job.media_root())
    write_file(job.folder / "README.md", card.encode())
    job.place_media()
    return counts


def export_webdataset(job: ExportJob) -> dict[str, int]:
    """`<side>-<number>.tar`, media included; returns samples, of which an entry has several."""
    dataset = job.dataset
    job.write_into(lambda folder: write_webdataset(folder, dataset.samples(), dataset.path, dataset.side_of))
    return {side: sum(1 for _ in job.samples(side)) for side in job.sides}


def _write_published(job: ExportJob, folder: Path) -> dict[str, int]:
    counts = {}
    for position, side in enumerate(job.sides):

        def asked(side: str = side) -> Iterator[Sample]:
            return filter(is_published, job.samples(side))

        generator = np.random.default_rng([job.options.seed, position])
        found = write_published(folder / side, asked, generator)
        counts[side] = found.clips + found.augmented
    return counts
