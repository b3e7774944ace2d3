"""What an import gives back."""

from __future__ import annotations

from dataclasses import dataclass

from roadmark.scenario import Scenario


@dataclass(frozen=True)
class ImportedActor:
    """Who an actor of the file has become.

    Attributes:
        source: Its id or name in the file.
        actor_id: Its id in the scenario.
        blueprint_id: What it is there.
        remark: Why it is that, "" where the file says so itself.
    """

    source: str
    actor_id: int
    blueprint_id: str
    remark: str = ""


@dataclass(frozen=True, eq=False)
class Imported:
    """A file as a scenario.

    Attributes:
        scenario: What happens.
        actors: Who is who, in the file's order.
        notes: What was left out or assumed.
    """

    scenario: Scenario
    actors: tuple[ImportedActor, ...]
    notes: tuple[str, ...] = ()


def keep_ids(names: list[str], largest: int) -> list[int]:
    """Ids for actors with names: their own where all are whole numbers an id can be, else counted from 100."""
    if all(name.isascii() and name.isdigit() and len(name) <= 6 for name in names):
        ids = [int(name) for name in names]
        if len(set(ids)) == len(ids) and min(ids, default=1) > 0 and max(ids, default=1) <= largest:
            return ids
    return list(range(100, 100 + len(names)))
