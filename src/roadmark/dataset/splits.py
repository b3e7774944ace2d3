"""Splits: every clip, with all its augmentations, on one side; the same sides when clips are added."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from roadmark.dataset.sample import Sample
from roadmark.errors import FormatError, InputError
from roadmark.files import is_plain_name, read_json, write_atomically

GroupBy = Literal["clip", "map", "scenario_seed"]
"""What stays together: a source clip, everything on a map, everything from a scenario's seed."""

DEFAULT_SHARES: Mapping[str, float] = {"train": 0.8, "val": 0.1, "test": 0.1}
MAX_FILE = 256 * 1024 * 1024


@dataclass(frozen=True)
class SplitPlan:
    """Which group is on which side.

    Attributes:
        sides: Side of every group.
        by: What a group is.
        shares: Share of groups each side is to have; they add up to 1.
        seed: Draws the sides.

    Raises:
        InputError: Shares that are none, or a group on an unknown side.
    """

    sides: Mapping[str, str]
    by: GroupBy = "clip"
    shares: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_SHARES))
    seed: int = 0

    def __post_init__(self) -> None:
        check_shares(self.shares)
        if self.by not in get_args(GroupBy):
            raise InputError(f"splits by {self.by!r} are not known; use {', '.join(get_args(GroupBy))}")
        for group, side in self.sides.items():
            if side not in self.shares:
                raise InputError(f"group {group!r}: side {side!r} is not one of {', '.join(self.shares)}")

    def side_of(self, sample: Sample) -> str:
        """The side a sample is on.

        Raises:
            InputError: Its group has none.
        """
        group = group_of(sample, self.by)
        if group not in self.sides:
            raise InputError(f"sample {sample.id!r}: its {self.by} {group!r} is not in the split; make the split anew")
        return self.sides[group]


def group_of(sample: Sample, by: GroupBy = "clip") -> str:
    """What a sample must not be parted from.

    Raises:
        InputError: It is to be split by a map or a seed that is not known of it.
    """
    if by == "clip":
        return sample.clip
    value = sample.map_name if by == "map" else sample.scenario_seed
    if value is None or value == "":
        raise InputError(f"sample {sample.id!r}: its {by} is not known; split by clip")
    return str(value)


def plan_split(
    groups: Iterable[str],
    shares: Mapping[str, float] | None = None,
    *,
    seed: int = 0,
    by: GroupBy = "clip",
    kept: Mapping[str, str] | None = None,
) -> SplitPlan:
    """Give every group a side, so that each side has its share of the groups to the nearest whole group.

    Groups are taken in the order of a hash of seed and name; each goes where most are missing. So the plan depends on
    the set of groups alone, not on their order. A side once given is kept with `kept`: sides of new groups then bring
    the shares as near as they can.

    Args:
        groups: Names; repeated ones count once.
        shares: Share of each side; `DEFAULT_SHARES` where None.
        seed: Another seed is another split.
        by: What the groups are.
        kept: Sides of an earlier plan. Groups of it that are not among `groups` are left out.

    Raises:
        InputError: Shares that are none, or a side kept that has no share.

    Examples:
        >>> plan = plan_split([f"clip{n}" for n in range(10)])
        >>> sorted(Counter(plan.sides.values()).items())
        [('test', 1), ('train', 8), ('val', 1)]
    """
    shares = dict(DEFAULT_SHARES if shares is None else shares)
    check_shares(shares)
    names = sorted(set(groups), key=lambda name: (_rank(seed, name), name))
    sides = {name: side for name in names if (side := (kept or {}).get(name)) is not None}
    wanted = whole_shares(len(names), shares)
    have = Counter(sides.values())
    for name in names:
        if name not in sides:
            side = max(shares, key=lambda one: wanted[one] - have[one])  # the first of equals
            sides[name] = side
            have[side] += 1
    return SplitPlan({name: sides[name] for name in sorted(sides)}, by, shares, seed)


def hashed_side(group: str, shares: Mapping[str, float] | None = None, *, seed: int = 0) -> str:
    """The side of one group from its name alone: never changes, needs no other group; shares hold on average.

    For machines that do not know one another's clips; `plan_split` gives exact shares.

    Raises:
        InputError: Shares that are none.
    """
    shares = dict(DEFAULT_SHARES if shares is None else shares)
    check_shares(shares)
    place = int.from_bytes(_rank(seed, group)[:7], "big") / 2**56
    reached = 0.0
    for side, share in shares.items():
        reached += share
        if place < reached:
            return side
    return next(side for side in reversed(shares) if shares[side] > 0)  # rounding left the sum below 1


def whole_shares(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """How many of `total` each side gets: shares rounded so that they add up (largest remainder, the first of equals).

    Examples:
        >>> whole_shares(7, {"train": 0.8, "val": 0.1, "test": 0.1})
        {'train': 5, 'val': 1, 'test': 1}
    """
    exact = {side: round(total * share, 9) for side, share in shares.items()}
    counts = {side: math.floor(value) for side, value in exact.items()}
    order = sorted(shares, key=lambda side: counts[side] - exact[side])
    for side in order[: total - sum(counts.values())]:
        counts[side] += 1
    return counts


def check_shares(shares: Mapping[str, float]) -> None:
    """Check that shares have names fit for files, lie within 0 and 1, and add up to 1.

    Raises:
        InputError: They do not.
    """
    for side, share in shares.items():
        if not is_plain_name(side) or not 0.0 <= share <= 1.0:
            raise InputError(f"split {side!r}: share {share!r} must be within 0 and 1, and its name plain letters")
    if not math.isclose(sum(shares.values()), 1.0, abs_tol=1e-6):
        raise InputError(f"shares of the split must add up to 1: {dict(shares)}")


def write_split(path: Path | str, plan: SplitPlan) -> None:
    """Write a plan whole or not at all.

    Raises:
        OutputError: It cannot be written.
    """
    record = {"by": plan.by, "seed": plan.seed, "shares": dict(plan.shares), "sides": dict(sorted(plan.sides.items()))}
    write_atomically(Path(path), json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def read_split(path: Path | str) -> SplitPlan:
    """Read a plan.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is malformed.
    """
    file = Path(path)
    record = read_json(file, MAX_FILE, unique_keys=True)
    try:
        if not isinstance(record, dict) or set(record) != {"by", "seed", "shares", "sides"}:
            raise ValueError("must have by, seed, shares and sides")
        shares = {side: float(share) for side, share in record["shares"].items()}
        return SplitPlan(_texts(record["sides"]), record["by"], shares, int(record["seed"]))
    except (AttributeError, TypeError, ValueError, InputError) as error:
        raise FormatError(f"no split: {error}", path=file) from None


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(side, str) for side in value.values()):
        raise ValueError("sides must be an object of names")
    return value


def _rank(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{name}".encode()).digest()
