"""Parquet shards that `datasets.load_dataset` reads: conversations as TRL and chat templates expect them.

Sources: Hugging Face datasets, "Structure your repository" (`data/<split>-*.parquet`); TRL, "Dataset formats"
(conversational vision: `messages` with content parts, `images` and `videos` beside them).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from roadmark.dataset import Sample
from roadmark.files import AtomicDirectory, output_errors

ROWS_PER_GROUP = 1000
ROWS_PER_SHARD = 100_000

_PART = pa.struct([("type", pa.string()), ("text", pa.string())])
_MARK = pa.struct([("number", pa.int64()), ("actor_id", pa.int64())])
SPLIT_NAMES = {"val": "validation"}
"""Splits that Hugging Face calls otherwise than our sides."""

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("messages", pa.list_(pa.struct([("role", pa.string()), ("content", pa.list_(_PART))]))),
        ("videos", pa.list_(pa.string())),
        ("images", pa.list_(pa.string())),
        ("clip", pa.string()),
        ("augmentation", pa.string()),
        ("event", pa.string()),
        ("family", pa.string()),
        ("answer_kind", pa.string()),
        ("map_name", pa.string()),
        ("scenario_seed", pa.int64()),
        ("marks", pa.list_(_MARK)),
        ("facts", pa.string()),
    ]
)
"""Columns; `videos` and `images` are paths relative to the dataset's folder, `facts` JSON."""


def huggingface_record(sample: Sample) -> dict[str, Any]:
    """A sample as a row of `SCHEMA`: media parts stand before the first user's words."""
    messages: list[dict[str, Any]] = [
        {"role": one.role, "content": [{"type": "text", "text": one.text}]} for one in sample.messages
    ]
    first = next(message for message in messages if message["role"] == "user")
    first["content"][:0] = [{"type": one.kind, "text": None} for one in sample.media]
    return {
        "id": sample.id,
        "messages": messages,
        "videos": [one.path for one in sample.media if one.kind == "video"],
        "images": [one.path for one in sample.media if one.kind == "image"],
        "clip": sample.clip,
        "augmentation": sample.augmentation,
        "event": sample.event,
        "family": sample.family,
        "answer_kind": sample.answer_kind,
        "map_name": sample.map_name,
        "scenario_seed": sample.scenario_seed,
        "marks": [{"number": mark.number, "actor_id": mark.actor_id} for mark in sample.marks],
        "facts": json.dumps(dict(sample.facts), ensure_ascii=False, sort_keys=True),
    }


def write_huggingface(
    folder: Path | str,
    samples: Iterable[Sample],
    side_of: Callable[[Sample], str] | None = None,
    *,
    rows_per_shard: int = ROWS_PER_SHARD,
    overwrite: bool = False,
) -> dict[str, int]:
    """Write `data/<side>-<number>.parquet`, whole or not at all, in one pass.

    Args:
        folder: Where it appears; must not exist, or be empty, unless `overwrite`.
        samples: Any number; at most `ROWS_PER_GROUP` per side are in memory.
        side_of: Side of a sample, for example `SplitPlan.side_of`; everything is `train` without it.
        rows_per_shard: Most samples of a file.
        overwrite: Replace an older folder.

    Returns:
        Samples per side.

    Raises:
        OutputError: The folder is not free, or cannot be written.
    """
    with AtomicDirectory(Path(folder), overwrite=overwrite) as root, ExitStack() as open_files:
        shards: dict[str, _Shards] = {}
        for sample in samples:
            side = "train" if side_of is None else side_of(sample)
            if side not in shards:
                shards[side] = _Shards(root / "data", side, rows_per_shard)
                open_files.callback(shards[side].abandon)
            shards[side].add(huggingface_record(sample))
        for one in shards.values():
            one.close()
    return {side: one.count for side, one in sorted(shards.items())}


class _Shards:
    """Rows of one side, in files of limited length."""

    def __init__(self, folder: Path, side: str, rows_per_shard: int) -> None:
        self._folder, self._side, self._per_shard = folder, side, rows_per_shard
        self._rows: list[dict[str, Any]] = []
        self._writer: pq.ParquetWriter | None = None
        self.count = 0

    def add(self, row: dict[str, Any]) -> None:
        self._rows.append(row)
        self.count += 1
        full = self.count % self._per_shard == 0
        if full or len(self._rows) >= ROWS_PER_GROUP:
            self._flush()
        if full:
            self.close()

    def close(self) -> None:
        self._flush()
        if self._writer is not None:
            with output_errors(self._folder):
                self._writer.close()
            self._writer = None

    def abandon(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _flush(self) -> None:
        if not self._rows:
            return
        number = (self.count - 1) // self._per_shard
        path = self._folder / f"{self._side}-{number:05d}.parquet"
        with output_errors(path):
            if self._writer is None:
                self._folder.mkdir(exist_ok=True)
                self._writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=SCHEMA))
        self._rows = []
