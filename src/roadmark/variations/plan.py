"""Which conditions each variation of each clip gets.

A plan deals combinations of named lists to clips, one clip after the other in the order given. Every combination is
dealt once before any is dealt twice, and among those that are due the one is taken whose values are behind, so that
every value of every list comes up about equally often, over the batch as well as over any beginning of it. Clips added
at the end change nothing of the others; for those that are added elsewhere, an earlier plan can be kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, product
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from roadmark.catalog import CONDITION_KEYS
from roadmark.errors import ConfigError
from roadmark.pipeline import item_generator
from roadmark.variations.rules import ContradictionError, Selections, canonical, check_selections, contradictions

PlanMode: TypeAlias = Literal["random", "grid", "list"]
MAX_COMBINATIONS = 200_000
"""Most combinations of the lists' values that a plan is made of."""
_FITTING_ROUNDS = 50


@dataclass(frozen=True)
class VariationPlan:
    """The conditions of every variation.

    Attributes:
        selections: For every clip, those of its variations.
        warnings: What was let pass, such as contradictory conditions.
    """

    selections: Mapping[str, tuple[Selections, ...]]
    warnings: tuple[str, ...] = ()


def plan_variations(
    clip_ids: Sequence[str],
    lists: Mapping[str, Sequence[str]],
    count: int,
    *,
    mode: PlanMode = "random",
    seed: int = 0,
    strict: bool = True,
    explicit: Sequence[Selections] = (),
    sources: Mapping[str, Selections] | None = None,
    kept: Mapping[str, Sequence[Selections]] | None = None,
) -> VariationPlan:
    """Choose the conditions of every variation of every clip.

    Args:
        clip_ids: The clips, in the order in which they are served.
        lists: What varies: names, each with its values.
        count: Variations of each clip.
        mode: `random` draws evenly; `grid` takes the combinations in the lists' order, the last list's values changing
            fastest; `list` takes those of `explicit`. Both go on with the next clip where the one before ended, and
            begin anew at the end.
        seed: Another seed, another draw.
        strict: Never choose contradictory conditions; refuse explicit ones.
        explicit: What `list` takes in turn.
        sources: Conditions that clips have already, by clip; none of its variations is like that.
        kept: Selections of an earlier plan, by clip: they stay, count as dealt, and the rest is planned around them.

    Raises:
        ContradictionError: Explicit selections, or all that the lists allow, contradict each other.
        ConfigError: Empty or repeated values, too many combinations, or no combination left that is not the source's.
    """
    if count < 1:
        raise ConfigError(f"{count} variations; give at least 1")
    if len(set(clip_ids)) != len(clip_ids):
        twice = next(clip for clip in clip_ids if list(clip_ids).count(clip) > 1)
        raise ConfigError(f"clip {twice!r} is listed twice; give each clip once")
    sources, kept = sources or {}, kept or {}
    if mode == "list":
        plan = _take_in_turn(clip_ids, explicit, count, kept, strict)
    else:
        deck = _Deck(_checked_lists(lists), strict)
        plan = _deal(clip_ids, deck, count, seed if mode == "random" else None, sources, kept)
    chosen = [(clip, selections) for clip in clip_ids for selections in plan[clip]]
    warnings = [text for _, selections in chosen for text in contradictions(selections)]
    warnings += [f"{clip}: a variation has the conditions that the clip has" for clip in _unchanged(chosen, sources)]
    return VariationPlan(plan, tuple(dict.fromkeys(warnings)))


def _take_in_turn(
    clip_ids: Sequence[str],
    explicit: Sequence[Selections],
    count: int,
    kept: Mapping[str, Sequence[Selections]],
    strict: bool,
) -> dict[str, tuple[Selections, ...]]:
    if not explicit:
        raise ConfigError("mode list without selections; list the conditions of at least one variation")
    for index, selections in enumerate(explicit):
        try:
            check_selections(selections, strict=strict)
        except ContradictionError as error:
            raise ContradictionError(f"selections {index}: {error}") from None
    turns = cycle(explicit)
    drawn = {clip: [dict(next(turns)) for _ in range(count)] for clip in clip_ids}
    return {clip: (*kept.get(clip, ())[:count], *drawn[clip][len(kept.get(clip, ())) :]) for clip in clip_ids}


def _deal(
    clip_ids: Sequence[str],
    deck: _Deck,
    count: int,
    seed: int | None,
    sources: Mapping[str, Selections],
    kept: Mapping[str, Sequence[Selections]],
) -> dict[str, tuple[Selections, ...]]:
    for selections in kept.values():
        for selection in selections[:count]:
            deck.count(selection)
    plan: dict[str, tuple[Selections, ...]] = {}
    for clip in clip_ids:
        chosen: list[Selections] = [dict(selections) for selections in kept.get(clip, ())[:count]]
        while len(chosen) < count:
            generator = None if seed is None else item_generator(seed, clip, f"variation {len(chosen)}")
            chosen.append(deck.deal(clip, sources.get(clip, {}), chosen, generator))
        plan[clip] = tuple(chosen)
    return plan


def _unchanged(chosen: Sequence[tuple[str, Selections]], sources: Mapping[str, Selections]) -> list[str]:
    return [clip for clip, selections in chosen if _key(selections) <= _key(sources.get(clip, {}))]


def _checked_lists(lists: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    if not lists:
        raise ConfigError("nothing varies; give at least one list of conditions")
    for name, values in lists.items():
        if isinstance(values, str) or not values or not all(canonical(value) for value in values):
            raise ConfigError(f"{name}: {values!r} is no list of conditions; give at least one, none of them empty")
        if len({canonical(value) for value in values}) != len(values):
            raise ConfigError(f"{name}: a value is listed twice in {', '.join(values)}")
    fields = [_field(name) for name in lists]
    if len(set(fields)) != len(fields):
        twice = next(field for field in fields if fields.count(field) > 1)
        raise ConfigError(f"{twice} has two lists among {', '.join(lists)}; give one")
    combinations = math.prod(len(values) for values in lists.values())
    if combinations > MAX_COMBINATIONS:
        raise ConfigError(f"{combinations} combinations of {', '.join(lists)} are too many; shorten the lists")
    return {name: tuple(values) for name, values in lists.items()}


class _Deck:
    """The combinations of the lists, and how often each of them and of their values was dealt."""

    def __init__(self, lists: Mapping[str, tuple[str, ...]], strict: bool) -> None:
        self.names = tuple(lists)
        together = [dict(zip(self.names, values, strict=True)) for values in product(*lists.values())]
        self.combinations = [one for one in together if not (strict and any(contradictions(one)))]
        if not self.combinations:
            raise ContradictionError(
                f"the lists allow no combination: {next(contradictions(together[0]))}. Choose others, or allow it with "
                "strict: false"
            )
        self.index = {_key(one): index for index, one in enumerate(self.combinations)}
        places = [{canonical(value): place for place, value in enumerate(values)} for values in lists.values()]
        # (combinations, lists): which value of each list a combination has
        self.values = np.array(
            [[place[canonical(v)] for place, v in zip(places, one.values(), strict=True)] for one in self.combinations]
        )
        self.dealt = np.zeros(len(self.combinations), dtype=np.int64)
        self.shares = _even_shares(self.values, len(together))
        self.value_counts = [np.zeros(len(values), dtype=np.int64) for values in lists.values()]

    def count(self, selections: Selections) -> None:
        """Take note that a combination was dealt; one that these lists do not have does not count."""
        if _key(selections) in self.index:
            self._count(self.index[_key(selections)])

    def deal(
        self, clip: str, source: Selections, before: Sequence[Selections], generator: np.random.Generator | None
    ) -> dict[str, str]:
        """The next combination for a clip; without a generator, the first in order of those that are due."""
        due = self._allowed(source)
        if not due.size:
            raise ConfigError(f"{clip}: its own conditions are the only ones that the lists allow; lengthen the lists")
        mine = np.zeros_like(self.dealt)
        for index in (self.index.get(_key(selections)) for selections in before):
            if index is not None:
                mine[index] += 1
        for cost in (mine, self.dealt, self._lead() if generator is not None else np.arange(len(self.dealt))):
            due = due[cost[due] == cost[due].min()]
        shares = self.shares[due] / self.shares[due].sum()
        chosen = int(due[0] if generator is None else generator.choice(due, p=shares))
        self._count(chosen)
        return dict(self.combinations[chosen])

    def _count(self, index: int) -> None:
        self.dealt[index] += 1
        for values, place in zip(self.value_counts, self.values[index], strict=True):
            values[place] += 1

    def _lead(self) -> npt.NDArray[np.int64]:
        """How often the values of each combination were dealt, all together."""
        counts = [counts[self.values[:, column]] for column, counts in enumerate(self.value_counts)]
        lead: npt.NDArray[np.int64] = np.sum(counts, axis=0, dtype=np.int64)
        return lead

    def _allowed(self, source: Selections) -> npt.NDArray[np.int64]:
        """Indices of the combinations that change something; one changes nothing if the source has all its values."""
        everything = np.arange(len(self.dealt))
        fields = {_field(name) for name in self.names}
        same = self.index.get(_key({name: value for name, value in source.items() if _field(name) in fields}))
        return everything if same is None else np.delete(everything, same)


def _even_shares(values: npt.NDArray[np.int64], without_rules: int) -> npt.NDArray[np.float64]:
    """Probabilities of combinations under which every value of every list is equally likely, as far as rules allow it.

    Values that go together with few others would else be drawn too seldom, and later have nothing left to go with.
    Iterative proportional fitting (Deming and Stephan 1940).

    Args:
        values: (combinations, lists) indices of values.
        without_rules: How many combinations there would be without rules.
    """
    shares = np.full(len(values), 1.0 / len(values))
    rounds = 0 if len(values) == without_rules else _FITTING_ROUNDS
    for _ in range(rounds):
        for column in values.T:
            totals = np.bincount(column, weights=shares)
            shares = shares / totals[column] / np.count_nonzero(totals)
    return shares


def _field(name: str) -> str:
    return CONDITION_KEYS.get(name, name)


def _key(selections: Selections) -> frozenset[tuple[str, str]]:
    """A combination, however its names and values are spelled."""
    return frozenset((_field(name), canonical(value)) for name, value in selections.items())
