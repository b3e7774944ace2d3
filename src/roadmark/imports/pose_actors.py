"""The actors of a table of poses: which rows are whose, in order, and what each of them is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Blueprint, blueprint, known
from roadmark.errors import InputError
from roadmark.geometry import FloatArray
from roadmark.imports.lookalikes import ALIASES, Size, lookalikes, nearest, sized
from roadmark.imports.pose_table import PoseTable

KINDS: Final = ("vehicle", "walker", "traffic_light", "other")
"""Values of the column `kind`; "" is a vehicle or walker, as blueprint or class say."""
MAP_PIECE: Final = "static.prop.mesh"
"""What CARLA's server records pieces of its map as; they have no shape of their own that a table could tell."""
_SKIPPED: Final = ("spectator", "sensor.", MAP_PIECE)
"""Beginnings of blueprints that a recording gets of its own, or from its map."""


@dataclass(frozen=True, eq=False)
class PoseActor:
    """One actor's rows.

    Attributes:
        source: Its id in the file.
        kind: One of `KINDS`.
        rows: (N,) indices of its rows, by time.
        blueprint: What it is, None for a traffic light.
        remark: Why it is that, "" where the file says so.
        color: Paint, None where the file gives none.
        role_name: Role, "" where the file gives none.
    """

    source: str
    kind: str
    rows: NDArray[np.int64]
    blueprint: Blueprint | None
    remark: str = ""
    color: tuple[int, int, int] | None = None
    role_name: str = ""


def pose_actors(table: PoseTable, max_gap: float) -> list[PoseActor]:
    """Sort a table's rows by actor.

    Args:
        table: The table.
        max_gap: Most seconds between two rows of an actor.

    Raises:
        FormatError: Rows twice or out of order, a gap, words that contradict each other or that nobody knows.
    """
    found = []
    turns: dict[str, int] = {}
    for source, rows in _by_actor(table):
        if _word(table, rows, "blueprint").startswith(_SKIPPED):
            continue
        _check_times(table, rows, source, max_gap)
        found.append(_actor(table, rows, source, turns))
    return found


def _by_actor(table: PoseTable) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Ids and their rows in the file's order; an id that is used again (`life`) is another actor."""
    ids = table.texts["actor_id"]
    lives = table.texts.get("life")
    names = ids if lives is None else [f"{a}.{b}" if b not in {"", "0"} else a for a, b in zip(ids, lives, strict=True)]
    numbers = {name: index for index, name in enumerate(dict.fromkeys(names))}
    codes = np.array([numbers[name] for name in names], np.int64)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(numbers) + 1))
    for name, index in numbers.items():
        yield name, order[bounds[index] : bounds[index + 1]]


def _check_times(table: PoseTable, rows: NDArray[np.int64], source: str, max_gap: float) -> None:
    times = table.numbers["time"][rows]
    steps = np.diff(times)
    wrong = np.flatnonzero((steps <= 0.0) | (steps > max_gap))
    if not len(wrong):
        return
    k = int(wrong[0])
    before, step = f"{table.unit} {table.rows[rows[k]]}", steps[k]
    if step == 0.0:
        message = f"actor {source!r} has a row at {times[k]:g} s already ({before}); keep one of them"
    elif step < 0.0:
        message = f"{times[k + 1]:g} s comes after {times[k]:g} s ({before}); sort each actor's rows by time"
    else:
        message = (
            f"actor {source!r} has no rows for {step:g} s before this one ({before}); give it another actor_id from "
            f"here on if it was away, or allow a longer gap with --max-gap"
        )
    table.fail(int(rows[k + 1]), "time", message)


def _actor(table: PoseTable, rows: NDArray[np.int64], source: str, turns: dict[str, int]) -> PoseActor:
    kind = _word(table, rows, "kind").lower()
    if kind == "pedestrian":
        kind = "walker"
    if kind and kind not in KINDS:
        table.fail(int(rows[0]), "kind", f"unknown kind {kind[:40]!r}; use one of {', '.join(KINDS)}")
    if kind == "traffic_light":
        return PoseActor(source, kind, rows, None)
    body, remark = _body(table, rows, kind, turns)
    own = {"walker": "walker", "vehicle": "vehicle"}.get(body.kind, "other")
    if kind and own != kind:
        table.fail(int(rows[0]), "kind", f"{kind} does not go with {body.id}; correct one of them")
    role = _word(table, rows, "role_name")
    return PoseActor(source, own, rows, body, remark, _color(table, rows), role)


def _body(table: PoseTable, rows: NDArray[np.int64], kind: str, turns: dict[str, int]) -> tuple[Blueprint, str]:
    """The blueprint the file names, or the one most like what it describes, with the file's box."""
    name, word = _word(table, rows, "blueprint"), _word(table, rows, "class")
    size: Size = (_median(table, rows, "length"), _median(table, rows, "width"), _median(table, rows, "height"))
    remark = ""
    if known(name):
        body = blueprint(name)
    else:
        told = bool(word or kind in {"vehicle", "walker"})
        if name and not told:
            try:
                blueprint(name)
            except InputError as error:
                table.fail(int(rows[0]), "blueprint", f"{error}; or add a column class, or kind")
        if not told:
            table.fail(
                int(rows[0]), "actor_id", f"what is actor {source_of(table, rows)!r}? add a column blueprint or class"
            )
        word = word or ("pedestrian" if kind == "walker" else "car")
        try:
            bodies = lookalikes(word)
        except InputError as error:
            table.fail(int(rows[0]), "class", str(error))
        group = ALIASES.get(word.lower(), word.lower())
        body = nearest(bodies, size, turns.get(group, 0))
        turns[group] = turns.get(group, 0) + 1
        remark = f"nearest to {name or word}"
    center: Size = (_median(table, rows, "box_x"), _median(table, rows, "box_y"), _median(table, rows, "box_z"))
    try:
        fitted = sized(body, size, center)
    except InputError as error:
        table.fail(int(rows[0]), str(error).split(" ", 1)[0], f"{str(error).split(' ', 1)[1]}; correct or leave it out")
    if body.kind == "walker" and fitted is not body:
        fitted = replace(fitted, center_offset=body.center_offset)
    return fitted, remark


def source_of(table: PoseTable, rows: NDArray[np.int64]) -> str:
    """The id of the actor whose rows these are, as the file has it."""
    return table.texts["actor_id"][int(rows[0])]


def _word(table: PoseTable, rows: NDArray[np.int64], column: str) -> str:
    """What a column says of an actor; "" where it says nothing."""
    cells = table.texts.get(column)
    if cells is None:
        return ""
    said = dict.fromkeys(cells[row] for row in rows.tolist())
    said.pop("", None)
    if len(said) > 1:
        first, second = list(said)[:2]
        row = next(row for row in rows.tolist() if cells[row] == second)
        table.fail(row, column, f"{second[:40]!r} after {first[:40]!r}: an actor has one; give it another actor_id")
    return next(iter(said), "")


def _median(table: PoseTable, rows: NDArray[np.int64], column: str) -> float | None:
    values: FloatArray = table.numbers.get(column, np.empty(0))
    given = values[rows] if len(values) else values
    given = given[~np.isnan(given)]
    return float(np.median(given)) if len(given) else None


def _color(table: PoseTable, rows: NDArray[np.int64]) -> tuple[int, int, int] | None:
    text = _word(table, rows, "color")
    if not text:
        return None
    parts = [text[k : k + 2] for k in (1, 3, 5)] if text.startswith("#") and len(text) == 7 else text.split(",")
    try:
        values = [int(part, 16 if text.startswith("#") else 10) for part in parts]
    except ValueError:
        values = []
    if len(values) != 3 or not all(0 <= value <= 255 for value in values):
        table.fail(int(rows[0]), "color", f"{text[:40]!r} is no colour; write R,G,B from 0 to 255, or #RRGGBB")
    return values[0], values[1], values[2]
