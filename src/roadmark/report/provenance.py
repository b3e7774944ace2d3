"""Where a clip, an augmentation and a dataset come from: tools, seeds, conditions, hashes, as names and values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from roadmark.clip import AugmentationRecord, Clip
from roadmark.files import has_file, hash_file
from roadmark.pipeline import MANIFEST_NAME, RecordStatus, RunManifest
from roadmark.report.problems import Problems

Fact = tuple[str, str]
"""A name and its value, both in words."""

MAX_VALUE = 4000
"""Longest value that is shown, in characters."""

_FILES = ("samples.jsonl", "split.json", "sources.json", "statistics.json", "bias.json")


def clip_facts(clip: Clip) -> list[Fact]:
    """Of a clip."""
    manifest = clip.manifest
    facts: list[Fact] = [
        ("scenario", manifest.scenario),
        ("map", manifest.map_name),
        ("picture", f"{manifest.width} x {manifest.height}, {len(clip)} frames, {float(clip.fps):g} frames/s"),
        *_flat("conditions", manifest.conditions),
        *_flat("tool", manifest.tools),
        ("made by", manifest.origin),
        ("clip.json SHA-256", clip.digest),
    ]
    for name, source in manifest.source.items():
        facts.append((f"input {name}", f"{source.bytes} bytes, SHA-256 {source.sha256}"))
    facts += [("note", note) for note in manifest.notes]
    facts += [(f"not to be trusted: {label.label}", label.reason) for label in manifest.untrusted]
    return [*facts, *_flat("metadata", manifest.metadata)]


def augmentation_facts(record: AugmentationRecord) -> list[Fact]:
    """Of an augmentation."""
    facts: list[Fact] = [
        *((name.removesuffix("_condition"), value.replace("_", " ")) for name, value in record.selections.items()),
        ("prompt", record.prompt),
        ("backend", record.backend),
        ("seed", str(record.seed)),
        *((f"control {name}", f"weight {control.weight:g}") for name, control in record.controls.items()),
        *_flat("tool", record.tools),
        ("source SHA-256", record.source_digest or ""),
        *(("note", note) for note in record.notes),
    ]
    for name in ("caption", "prompt_facts", "transfer", "settings"):
        facts += _flat(name, getattr(record, name))
    return [fact for fact in facts if fact[1]]


def file_digests(root: Path, problems: Problems) -> list[Fact]:
    """Size and SHA-256 of a dataset's files."""
    facts: list[Fact] = []
    for name in _FILES:
        with problems.contained():
            if has_file(root / name):
                size, digest = hash_file(root / name)
                facts.append((name, f"{size} bytes, SHA-256 {digest.hex()}"))
    return facts


def stage_rows(root: Path, problems: Problems) -> tuple[list[tuple[str, int, int, int]], list[Fact]]:
    """What `run.json` says: stage, done, failed, unfinished; and why items failed."""
    rows: list[tuple[str, int, int, int]] = []
    failures: list[Fact] = []
    with problems.contained():
        if not has_file(root / MANIFEST_NAME):
            return rows, failures
        for stage, records in RunManifest(root / MANIFEST_NAME).stages.items():
            states = [record.status for record in records.values()]
            done, failed, unfinished = (states.count(state) for state in _STATES)
            rows.append((stage, done, failed, unfinished))
            failures += [
                (f"{stage} {item}", problems.portable(f"{record.error.type}: {record.error.message}"))
                for item, record in sorted(records.items())
                if record.error is not None
            ]
    return rows, failures


_STATES = (RecordStatus.DONE, RecordStatus.FAILED, RecordStatus.RUNNING)


def _flat(name: str, values: Mapping[str, Any]) -> Iterable[Fact]:
    """Names and values of nested values, with dots."""
    for key, value in values.items():
        label = f"{name} {key}" if name == "tool" else f"{name}.{key}"
        if isinstance(value, dict) and value:
            yield from _flat(label, value)
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield label, text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"
