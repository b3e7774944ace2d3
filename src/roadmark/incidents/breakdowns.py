"""A vehicle that breaks down: it rolls out and stands until the scenario ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.events import Event, Participant
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import heart_times
from roadmark.incidents.model import IncidentOptions, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Drive
from roadmark.incidents.scripts import driven, hazards
from roadmark.incidents.ways import Way
from roadmark.traffic import ActorSpec, ScriptedActor

_STANDS = 6.8  # seconds that it stands at least; the detector asks for 6


@dataclass(frozen=True, eq=False)
class Breakdown:
    """A vehicle's way to a standstill.

    Attributes:
        spec: The vehicle.
        way: Along what.
        drive: Its course.
        speed: m/s at which it breaks down.
        fails: Second at which it does.
        stops: Second from which on it stands.
        place: Metres along the way at which it stands.
    """

    spec: ActorSpec
    way: Way
    drive: Drive
    speed: float
    fails: float
    stops: float
    place: float

    def actor(self, scene: Scene, warns: float) -> ScriptedActor:
        """It, with its hazard lights on from a second on."""
        clock = scene.clock
        return driven(self.spec, self.drive, clock, blinkers=hazards(clock.count, clock.frame_at(warns)))

    def event(self, scene: Scene, category: str, does: str) -> Event:
        """It stands; the caption says what it does."""
        return Event(
            category,
            self.stops,
            scene.clock.duration,
            (Participant(0, "violator"),),
            self.way.place(self.place),
            cause="broke down",
            caption=sentence(f"{named(self.spec)} {does}"),
            measures={"duration": scene.clock.duration - self.stops},
        )


def break_down(
    scene: Scene,
    options: IncidentOptions,
    spec: ActorSpec,
    way: Way,
    stop: float,
    speeds: tuple[float, float],
    rng: np.random.Generator,
    *,
    passes_lights: bool = False,
) -> Breakdown:
    """Let a vehicle break down so that it rolls out to a place.

    Args:
        scene: Where and when.
        options: What the user asks for.
        spec: The vehicle.
        way: Along what.
        stop: Metres along it at which it shall stand.
        speeds: m/s at which it breaks down, m/s2 with which it rolls out.
        rng: What chance comes from.
        passes_lights: Whether it rolls over a stop line: green is then asked for as if it went on at even speed, a
            little early.

    Raises:
        NoCourseError: The lights do not let it be there, or the scenario ends too early.
    """
    clock = scene.clock
    speed, rolling = speeds
    lasts = speed / rolling
    fails_at = stop - 0.5 * speed * lasts
    times = heart_times(clock, options, rng)
    times = times[(times + _STANDS < clock.duration) & (times - lasts > 0.3)]
    if not len(times):
        raise NoCourseError(f"it cannot stand for {_STANDS} s before the scenario ends")
    ahead = 0.5 * speed * lasts if passes_lights else 0.0
    found, fails = come(approaches(way, spec.blueprint, fails_at, speed, ahead=ahead), times - lasts, scene.signals)
    table = found.timetable(fails, clock.duration).braked(fails, rolling).smoothed()
    began = table.speed_at(fails - 0.2)
    stops = fails + began / rolling
    if not stops + _STANDS < clock.duration:
        raise NoCourseError("it does not stop in time")
    drive = Drive(spec.blueprint, way.rail, table)
    return Breakdown(spec, way, drive, began, fails, stops, float(table.at(stops)))
