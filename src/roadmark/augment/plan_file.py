"""`plan.json`: which conditions a run has given to which variation, so that later runs in its folder give them again.

A source that is added, a larger number of variations, or one that failed changes nothing of what was planned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from roadmark.augment.settings import AugmentSettings
from roadmark.augment.work import Work
from roadmark.config import validation_message
from roadmark.errors import FormatError
from roadmark.files import has_file, read_bounded, write_atomically
from roadmark.pipeline import JsonValue

PLAN_NAME = "plan.json"
_MAX_BYTES = 64 * 1024 * 1024


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    plan: dict[str, object]
    variations: dict[str, dict[str, str]] = Field(default_factory=dict)


def plan_config(settings: AugmentSettings) -> dict[str, JsonValue]:
    """What of the settings decides which conditions are chosen, besides the sources and their number of variations."""
    plan = settings.variations
    return {
        "lists": {name: list(values) for name, values in settings.lists.items()},
        "mode": plan.mode,
        "strict": plan.strict,
        "selections": [dict(selections) for selections in plan.selections],
        "seed": settings.prompt_generation.seed,
    }


def read_plan(settings: AugmentSettings, folder: Path) -> dict[str, dict[str, str]]:
    """The conditions that earlier runs of the same plan gave, by variation; empty where the settings plan otherwise.

    Raises:
        FormatError: The file is damaged.
    """
    path = folder / PLAN_NAME
    if not has_file(path):
        return {}
    try:
        found = _File.model_validate_json(read_bounded(path, _MAX_BYTES))
    except ValidationError as error:
        advice = "delete it to plan anew"
        raise FormatError(f"no plan: {validation_message(error)}; {advice}", path=path) from None
    return found.variations if found.plan == plan_config(settings) else {}


def write_plan(settings: AugmentSettings, work: Work, folder: Path) -> None:
    """Keep a run's plan, beside what earlier runs of the same plan gave to others.

    Raises:
        OutputError: It cannot be written.
    """
    planned = {it.id: dict(it.selections) for it in work.variations if not it.source.sample.selections}
    known: Mapping[str, Mapping[str, str]] = {**read_plan(settings, folder), **planned}
    document = {"plan": plan_config(settings), "variations": {name: dict(known[name]) for name in sorted(known)}}
    write_atomically(folder / PLAN_NAME, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
