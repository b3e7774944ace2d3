"""What a pipeline works on (`Item`), what it applies (`Stage`), and what follows from the two.

That is: the fingerprint that decides whether work is already done, and the random generator of each piece of work.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from roadmark.errors import ConfigError, InputError
from roadmark.files import hash_file, is_plain_name

JsonValue: TypeAlias = "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"


@dataclass(frozen=True)
class Item:
    """One unit of work, of retry and of resume: usually a clip.

    Attributes:
        id: Unique in its run; letters, digits, ``_ . -`` only, as it may become part of file names.
        output: The file or directory the stage writes, whole or not at all (see `roadmark.files.AtomicDirectory`).
        inputs: What it is made from: a `Path` counts by its content, a string by itself (a hash, a setting of it).
        replace: The stage may replace an existing `output`. The runner sets it where its manifest says that the output
            is an earlier result of this very item.
        companions: Further outputs the stage writes before `output`; the item counts as done only while all are there.

    Raises:
        ConfigError: An id with other characters.
    """

    id: str
    output: Path
    inputs: Mapping[str, Path | str] = field(default_factory=dict)
    replace: bool = False
    companions: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if not is_plain_name(self.id):
            raise ConfigError(f"item id {self.id!r} must consist of letters, digits, '_', '.' and '-'")


class Stage(Protocol):
    """A step from inputs to one output per item. Executors with processes pickle it, so it must be importable."""

    @property
    def name(self) -> str:
        """Name in manifests and in the derivation of random generators; it must not change."""

    @property
    def version(self) -> str:
        """Raised whenever the same inputs and configuration give another output."""

    def config(self) -> Mapping[str, JsonValue]:
        """The part of the configuration that the output depends on, JSON-able; with more, work is redone in vain."""

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue] | None:
        """Write `item.output`; raise on any failure.

        Args:
            item: The item.
            rng: The only source of randomness, the same for the same seed, item and stage.

        Returns:
            Facts for the manifest (counts, warnings), the same on every run: no times, hosts or absolute paths.
        """


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, or of a directory's relative names and bytes (times and permissions do not count).

    Raises:
        InputError: Missing or unreadable.
    """
    try:
        if path.is_dir():
            return _directory_hash(path)
        return hash_file(path)[1].hex()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def json_hash(value: JsonValue) -> str:
    """SHA-256 of a JSON-able value, independent of the order of keys.

    Raises:
        ConfigError: The value is not JSON (other types, NaN, infinity).
    """
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_refuse)
    except ValueError as error:
        raise ConfigError(f"a stage's configuration must be plain JSON: {error}") from error
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(stage: Stage, item: Item, seed: int, hashes: dict[Path, str] | None = None) -> str:
    """SHA-256 of everything an output depends on: inputs' contents, configuration, code version, seed, item and stage.

    Args:
        stage: The stage.
        item: The item.
        seed: The run's seed.
        hashes: Content hashes known already; new ones are added, so that a map shared by many items is read once.
    """
    known = {} if hashes is None else hashes
    inputs: dict[str, JsonValue] = {}
    for name, value in item.inputs.items():
        if isinstance(value, Path):
            if value not in known:
                known[value] = content_hash(value)
            inputs[name] = {"content": known[value]}
        else:
            inputs[name] = value
    return json_hash(
        {
            "stage": stage.name,
            "version": stage.version,
            "config": stage.config(),
            "item": item.id,
            "inputs": inputs,
            "seed": seed,
        }
    )


def item_generator(seed: int, item_id: str, stage_name: str) -> np.random.Generator:
    """The random generator of one item in one stage: independent of all others and of the order of work."""
    digest = hashlib.sha256(f"{seed}\0{item_id}\0{stage_name}".encode()).digest()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(int.from_bytes(digest[:16], "big"))))


def _directory_hash(path: Path) -> str:
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(path, onerror=_raise):
        folders.sort()
        for name in sorted(files):
            file = Path(folder) / name
            digest.update(f"{file.relative_to(path).as_posix()}\0{content_hash(file)}\n".encode())
    return digest.hexdigest()


def _raise(error: OSError) -> None:
    raise error


def _refuse(value: object) -> None:
    raise ValueError(f"{type(value).__name__} {value!r}")
