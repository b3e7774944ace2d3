"""Exports to formats of vision-language trainers: a file or folder per side of the split."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np

from roadmark.dataset import card_text, count_samples, read_samples, write_samples
from roadmark.errors import InputError
from roadmark.files import output_errors, write_file
from roadmark.formats.cosmos_rl import write_cosmos_rl
from roadmark.formats.export_job import ExportJob
from roadmark.formats.huggingface import SPLIT_NAMES, write_huggingface
from roadmark.formats.json_stream import JsonArray
from roadmark.formats.llava import llava_record
from roadmark.formats.published import is_published, write_published
from roadmark.formats.qwen import write_qwen
from roadmark.formats.webdataset import write_webdataset

RECIPE = "recipe"
"""Folder of the published recipe's files in the LLaVA export."""


def export_llava(job: ExportJob) -> dict[str, int]:
    """`<side>.json` with tags, `<side>_untagged.json`, and of the published recipe's questions its own files."""
    with ExitStack() as files:

        def opened(ending: str) -> dict[str, JsonArray]:
            return {side: files.enter_context(JsonArray(job.folder / f"{side}{ending}")) for side in job.sides}

        tagged, untagged = opened(".json"), opened("_untagged.json")
        for sample in job.dataset.samples():
            side = job.dataset.side_of(sample)
            tagged[side].add(llava_record(sample))
            untagged[side].add(llava_record(sample, tags=False))
    if any(map(is_published, job.dataset.samples())):
        _write_published(job, job.folder / RECIPE)
    job.place_media()
    return {side: array.count for side, array in tagged.items()}


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
    """The recipe's files per side; its questions are set aside first, for they are read several times."""
    counts = {}
    aside = job.folder / "questions.jsonl"
    for position, side in enumerate(job.sides):
        write_samples(aside, filter(is_published, job.samples(side)))
        generator = np.random.default_rng([job.options.seed, position])
        found = write_published(folder / side, partial(read_samples, aside), generator)
        counts[side] = found.clips + found.augmented
    with output_errors(aside):
        aside.unlink()
    return counts
