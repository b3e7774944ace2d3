"""Two vehicles whose lanes cross in a junction come there at one time: by the rules, or one of them on red."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Blueprint
from roadmark.events import Event, Participant
from roadmark.geometry import FloatArray
from roadmark.incidents.approach import Approach, approaches
from roadmark.incidents.junctions import Crossing, draw_crossing
from roadmark.incidents.model import NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Drive, Rail, box_centers, front_end, half_plan, touching
from roadmark.scenario import SignalState
from roadmark.traffic import ActorSpec, NetworkLane, SignalPlan

ANGLES = (float(np.radians(55.0)), float(np.radians(122.0)))
"""Between the headings of vehicles that meet side on: less is a rear-end, more a head-on collision."""
_RED_SINCE, _STILL_RED = 0.8, 1.2  # seconds of red behind and before someone who runs it


@dataclass(frozen=True)
class Fault:
    """Who is in the wrong, and how.

    Attributes:
        side: 0 or 1.
        kind: `red_light`, `turn` (across oncoming or crossing traffic) or `give_way`.
    """

    side: int
    kind: str


@dataclass(frozen=True, eq=False)
class Meeting:
    """Two vehicles that come to a crossing.

    Attributes:
        place: The crossing.
        specs: Who.
        drives: How.
        fault: Who is in the wrong.
        time: Second at which the first touches the second.
    """

    place: Crossing
    specs: tuple[ActorSpec, ActorSpec]
    drives: tuple[Drive, Drive]
    fault: Fault
    time: float


@dataclass(frozen=True)
class Wishes:
    """What shall happen at a crossing.

    Attributes:
        speeds: m/s of both at the meeting.
        share: Where the second is hit: share of its length from its front.
        late: Seconds before the meeting at which the first brakes.
        strength: m/s2 by which.
        short: Metres before the meeting at which the first stops instead; then `speeds` has what it drives before.
    """

    speeds: tuple[float, float]
    share: float
    late: float = 0.0
    strength: float = 6.0
    short: float | None = None

    @property
    def brakes(self) -> tuple[float, float, float]:
        """Of the first: m/s when it begins to brake; seconds and metres from there to the meeting at that speed."""
        speed = self.speeds[0]
        if self.short is not None:
            reach = speed**2 / (2.0 * self.strength) + self.short
            return speed, reach / speed, reach
        before = speed + self.strength * self.late
        return before, self.late, before * self.late - 0.5 * self.strength * self.late**2


def draw_place(scene: Scene, lanes: list[NetworkLane], rng: np.random.Generator) -> Crossing:
    """A crossing at about a right angle.

    Raises:
        NoCourseError: None among some draws.
    """
    return draw_crossing(scene.network, lanes, ANGLES, rng)


def arrange(
    scene: Scene,
    place: Crossing,
    specs: tuple[ActorSpec, ActorSpec],
    wishes: Wishes,
    times: FloatArray,
    rng: np.random.Generator,
    wrong: int | None = None,
) -> Meeting:
    """Let both come such that the first's front is at the second's side at one of some times.

    Args:
        scene: Where and when.
        place: The crossing.
        specs: The first and the second.
        wishes: What shall happen.
        times: Seconds at which it may, in the order in which to try them.
        rng: What chance comes from.
        wrong: Which of them must be in the wrong, if it matters.

    Raises:
        NoCourseError: The lights and ways do not allow it.
    """
    bodies = specs[0].blueprint, specs[1].blueprint
    other = place.at[1] - front_end(bodies[1]) + wishes.share * bodies[1].size[0]
    own = touch_place(place.ways[0].rail, bodies[0], place.ways[1].rail, bodies[1], other, place.at[0])
    before, early, reach = wishes.brakes
    aims = ((own - reach, before, times - early), (other, wishes.speeds[1], times))
    for fault in _faults(scene.signals, place, rng):
        if wrong not in {None, fault.side}:
            continue
        chosen, possible = [], np.ones(len(times), np.bool_)
        for side, (at, speed, when) in enumerate(aims):
            runs = fault.kind == "red_light" and fault.side == side
            heedless = runs or (fault.side == side and fault.kind == "give_way")
            line = _line_before(place, side) if heedless else None
            light = place.lanes[side].signal if runs else None
            options = []
            for come in approaches(place.ways[side], bodies[side], at, speed, runs=line):
                fine = come.possible(when, scene.signals)
                if light is not None and line is not None:
                    fine = fine & _is_red(scene.signals, come, light, line, when)
                options.append((come, fine))
            chosen.append(options)
        for one, fine in chosen[0]:
            for two, also in chosen[1]:
                both = possible & fine & also
                if both.any():
                    time = float(times[int(np.argmax(both))])
                    return _meeting(scene, place, specs, wishes, (one, two), fault, time)
    raise NoCourseError("lights and ways do not let both be there at one time")


def _meeting(
    scene: Scene,
    place: Crossing,
    specs: tuple[ActorSpec, ActorSpec],
    wishes: Wishes,
    comes: tuple[Approach, Approach],
    fault: Fault,
    time: float,
) -> Meeting:
    duration = scene.clock.duration
    early = wishes.brakes[1]
    tables = [comes[0].timetable(time - early, duration), comes[1].timetable(time, duration)]
    if early > 0.0:
        tables[0] = tables[0].braked(time - early, wishes.strength)
    drives = [
        Drive(spec.blueprint, way.rail, table.smoothed())
        for spec, way, table in zip(specs, place.ways, tables, strict=True)
    ]
    return Meeting(place, specs, (drives[0], drives[1]), fault, time)


def touch_place(rail: Rail, body: Blueprint, other_rail: Rail, other: Blueprint, at: float, near: float) -> float:
    """Metres along a rail at which a vehicle first touches another that stands on its own rail at `at`.

    Raises:
        NoCourseError: It does not.
    """
    standing = plan_boxes_at(other_rail, other, np.array([at]))
    places = np.arange(near - 16.0, near + 3.0, 0.05)
    rows = touching(plan_boxes_at(rail, body, places), half_plan(body), standing[0], half_plan(other))
    if not len(rows) or rows[0] == 0:
        raise NoCourseError("the vehicles would not touch")
    return float(places[rows[0]])


def plan_boxes_at(rail: Rail, body: Blueprint, places: FloatArray) -> FloatArray:
    """(N, 3) x, y, yaw of a vehicle's box at places along a rail (N,)."""
    return box_centers(body, rail.poses(body, places)[:, [0, 1, 5]])


def red_light_event(meeting: Meeting, scene: Scene, end: float) -> Event:
    """The red light that the one in the wrong runs."""
    side = meeting.fault.side
    drive, spec = meeting.drives[side], meeting.specs[side]
    line = _line_before(meeting.place, side)
    light = meeting.place.lanes[side].signal
    assert line is not None
    assert light is not None
    crosses = drive.table.when(line - front_end(spec.blueprint))
    return Event(
        "red_light",
        crosses,
        end,
        (Participant(side, "violator"),),
        meeting.place.ways[side].place(line),
        cause="ignored the light",
        caption=sentence(f"{named(spec)} drives through a red light"),
        measures={
            "red_since": float(scene.signals.programs[light].elapsed(crosses)),
            "speed": drive.table.speed_at(crosses),
        },
    )


def _faults(signals: SignalPlan, place: Crossing, rng: np.random.Generator) -> list[Fault]:
    """Who can be in the wrong here, in the order in which to try."""
    found = []
    for side in (0, 1):
        lane = place.lanes[side]
        if lane.signal is not None and lane.signal in signals.programs and _line_before(place, side) is not None:
            found.append(Fault(side, "red_light"))
    order = [found[int(k)] for k in rng.permutation(len(found))]
    turning = [side for side in (0, 1) if place.lanes[side].turn in {"left", "u_turn"}]
    others = [Fault(side, "turn") for side in turning]
    if not found and not turning:
        signs = [side for side in (0, 1) if _sign_before(place, side)]
        others = [Fault(side, "give_way") for side in (signs or [int(rng.integers(2))])]
    return [*others, *order] if rng.random() < 0.5 else [*order, *others]


def _line_before(place: Crossing, side: int) -> float | None:
    begins = place.ways[side].start_of(place.lanes[side].index)
    lines = [at for at, _, _ in place.ways[side].stops if begins - 30.0 < at <= begins + 0.5]
    return lines[-1] if lines else None


def _sign_before(place: Crossing, side: int) -> bool:
    begins = place.ways[side].start_of(place.lanes[side].index)
    return any(begins - 30.0 < at <= begins + 0.5 and sign != "light" for at, _, sign in place.ways[side].stops)


def _is_red(signals: SignalPlan, come: Approach, light: str, line: float, when: FloatArray) -> NDArray[np.bool_]:
    """(N,) whether the light has been red for a while when the front is at the line, and stays so."""
    at_line = line - front_end(come.blueprint)
    crosses = when - (come.profile.time_at(come.at) - come.profile.time_at(at_line))
    program = signals.programs[light]
    red = (program.states(crosses) == SignalState.RED) & (program.states(crosses + _STILL_RED) == SignalState.RED)
    return np.asarray(red & (program.elapsed(crosses) >= _RED_SINCE) & (crosses > 0.5))
