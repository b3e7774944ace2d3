"""Generates scenarios over all incidents and three maps, judges them from their files, and writes the report.

    ROADMARK_DATA=... python docs/make_report.py [--count 200] [--seed 0] [--output FOLDER]

Without ROADMARK_DATA all maps are procedural. Everything is measured on the recordings as they were written.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from roadmark.events import MotionLimits, Tolerance, agreement, audit, detect_events, read_events
from roadmark.generate import (
    Place,
    Recipe,
    ScenarioFacts,
    ScenarioPaths,
    load_place,
    scenario_facts,
    scenario_names,
    search_scenario,
    stats_picture,
    write_map,
    write_scenario,
)
from roadmark.incidents import INCIDENTS
from roadmark.pipeline import item_generator
from roadmark.scenario import read_log

DOCS = Path(__file__).parent
KINDS = tuple(name for name in INCIDENTS if name != "collision")
REAL, INSTEAD, ALWAYS = ("Town10HD", "Town04"), ("t_junctions", "radial"), "grid"
"""CARLA's towns, the procedural ones that stand in for them, and the procedural one that is always there."""
COMPANIONS = {
    "side_collision": frozenset({"red_light"}),
    "cyclist_collision": frozenset({"red_light"}),
    "pedestrian_collision": frozenset({"jaywalk"}),
    "near_miss": frozenset({"red_light", "jaywalk"}),
}
"""Events that are an incident's cause, and declared with it."""
SLACK = 0.25
"""m/s2 that differencing adds to accelerations; the audit allows the same."""
NOTHING = MotionLimits(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""Limits that everything exceeds: the audit then says how hard the hardest motion was."""
LIMITS = MotionLimits()
ALLOWED: Mapping[tuple[str, bool], float] = {
    ("braking", False): LIMITS.braking,
    ("acceleration", False): LIMITS.acceleration,
    ("lateral", False): LIMITS.lateral,
    ("braking", True): LIMITS.incident_braking,
    ("acceleration", True): LIMITS.incident_acceleration,
    ("lateral", True): LIMITS.incident_lateral,
}
"""m/s2 by what it is and whether of someone who takes part in an event."""

PAGE = """\
# Generated scenarios, measured

`docs/make_report.py` generated {count} scenarios (seed {seed}) over all incidents and three maps, wrote them as
recordings, read those back, and had them judged by the [detector](formats/events.md) and the
[audit](formats/events.md#comparing-and-auditing), which do not know the scripts. A test does the same without cameras:
`tests/generate/test_two_hundred.py`.

- {right} of {count} contain exactly the incident that was asked for, with contacts to the frame, and nothing else: no
  other collision or violation, no overlap, no jump, nobody more than 0.3 m off lane or sidewalk.
- {draws} draws were needed, {mean:.1f} per scenario, at most {most}.

Largest braking and lateral acceleration, m/s2, of ordinary traffic, and of the incident's actors before they touch
anybody. The limits are {limits.braking:g} and {limits.lateral:g}, and {limits.incident_braking:g} and
{limits.incident_lateral:g}; differencing adds up to {slack}.

| incident | map | scenarios | draws | braking | lateral | braking, incident | lateral, incident | faults |
|---|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Measured:
    """One scenario, judged from its recording.

    Attributes:
        map_name: Where.
        incident: What was asked for.
        name: Which item of its map's recipe.
        tries: Draws it took.
        faults: What differs from the events file, and what the audit finds.
        hardest: m/s2 by what it is and whether of someone who takes part in an event.
        facts: For the distributions.
    """

    map_name: str
    incident: str
    name: str
    tries: int
    faults: tuple[str, ...]
    hardest: Mapping[tuple[str, bool], float]
    facts: ScenarioFacts


def recipes(count: int, seed: int, *, cameras: bool) -> list[Recipe]:
    """One recipe per map, together `count` scenarios, all incidents in turn."""
    data = os.environ.get("ROADMARK_DATA")
    places: list[dict[str, object]] = [{"town": ALWAYS}]
    if data:
        places += [{"map": Path(data) / "carla" / "xodr" / f"{name}.xodr"} for name in REAL]
    else:
        places += [{"town": name} for name in INSTEAD]
    shares = [count // len(places) + (row < count % len(places)) for row in range(len(places))]
    made = []
    for row, (place, share) in enumerate(zip(places, shares, strict=True)):
        turn = 5 * row  # so that what is left over after whole turns differs between maps
        names = (*KINDS[turn:], *KINDS[:turn])
        values = {**place, "incidents": names, "count": share, "seed": seed, "camera": "auto" if cameras else "none"}
        made.append(Recipe.model_validate(values))
    return made


def measure(recipe: Recipe, folder: Path) -> Iterator[Measured]:
    """Generate a recipe's scenarios one by one, and measure each from what was written; none is kept."""
    map_file = write_map(recipe, folder)
    place = load_place(map_file)
    for name, incident in scenario_names(recipe):
        found = search_scenario(place, recipe, incident, item_generator(recipe.seed, name, "generate"))
        with tempfile.TemporaryDirectory(dir=folder) as own:
            paths = ScenarioPaths(Path(own) / f"{name}.log")
            write_scenario(found, recipe, map_file, paths, replace=False)
            yield _measured(place, incident, name, found.tries, paths, 1.0 / recipe.fps)


def _measured(place: Place, incident: str, name: str, tries: int, paths: ScenarioPaths, frame: float) -> Measured:
    scenario, declared = read_log(paths.recording), read_events(paths.events).events
    found = detect_events(scenario, place.road_map)
    compared = agreement(declared, found, Tolerance(frame))
    faults = [] if compared.exact and not compared.related else [compared.describe()]
    kinds = sorted({event.kind for event in found} - COMPANIONS.get(incident, frozenset()))
    if kinds != [incident] and (kinds or incident != "none"):
        faults.append(f"it holds {kinds}")
    involved = {actor for event in declared for actor in event.actor_ids}
    hardest: dict[tuple[str, bool], float] = defaultdict(float)
    for violation in audit(scenario, place.road_map, found, NOTHING):
        kind = (violation.kind, bool(involved & set(violation.actor_ids)))
        if kind in ALLOWED:
            hardest[kind] = max(hardest[kind], violation.value)
        else:
            faults.append(f"{violation.kind} of {violation.actor_ids} at {violation.start:.2f} s: {violation.value}")
    faults += [f"{kind[0]} of {value:.1f} m/s2" for kind, value in hardest.items() if value > ALLOWED[kind] + SLACK]
    (facts,) = scenario_facts(paths.recording.parent)
    return Measured(place.name, incident, name, tries, tuple(faults), hardest, facts)


def report(measured: Sequence[Measured], seed: int) -> str:
    """The page."""
    tries = [one.tries for one in measured]
    lines = [
        PAGE.format(
            count=len(measured),
            seed=seed,
            right=sum(not one.faults for one in measured),
            draws=sum(tries),
            mean=sum(tries) / len(tries),
            most=max(tries),
            limits=LIMITS,
            slack=SLACK,
        )
    ]
    groups: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for one in measured:
        groups[one.incident, one.map_name].append(one)
    maps = list(dict.fromkeys(one.map_name for one in measured))
    for incident in KINDS:
        for name in maps:
            group = groups[incident, name]
            if group:
                hardest = [_largest(group, key, part) for part in (False, True) for key in ("braking", "lateral")]
                faults = sum(len(one.faults) for one in group)
                cells = (f"`{incident}`", name, len(group), sum(one.tries for one in group), *hardest, faults)
                lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join([*lines, "", "![Distributions](images/scenario_stats.png)", ""])


def _largest(group: Sequence[Measured], kind: str, part: bool) -> str:
    value = max(one.hardest.get((kind, part), 0.0) for one in group)
    return f"{value:.1f}" if value else ""


def main() -> None:
    """Write the page and its picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=DOCS)
    arguments = parser.parse_args()
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        for recipe in recipes(arguments.count, arguments.seed, cameras=True):
            for one in measure(recipe, Path(folder)):
                measured.append(one)
                print(one.map_name, one.name, f"{one.tries} tries", *one.faults, flush=True)
    (arguments.output / "images").mkdir(parents=True, exist_ok=True)
    (arguments.output / "incidents-report.md").write_text(report(measured, arguments.seed), encoding="utf-8")
    picture = stats_picture([one.facts for one in measured], "all incidents, three maps")
    (arguments.output / "images" / "scenario_stats.png").write_bytes(picture)


if __name__ == "__main__":
    main()
