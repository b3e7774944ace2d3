"""A flat crossing of two streets for scenes by hand: two lanes of 3.5 m in each direction, lights on all four arms.

Traffic keeps to the right. Going west on the eastern arm (road 1) its lanes have their middles at y = 1.75 m (next to
the centre line) and 5.25 m; the junction begins 12.5 m from its middle, the lights hold at 17.5 m.
"""

from __future__ import annotations

from functools import lru_cache

from roadmark.maps import RoadMap, parse_opendrive
from roadmark.scenario import SignalState
from roadmark.towns import TownOptions, build_town

EAST_LIGHT, NORTH_LIGHT = "22", "24"

STRAIGHT_WEST = ((0.0, 40.0, 5.25), (8.0, -40.0, 5.25))
"""10 m/s through the junction, in it from 2.75 s to 5.25 s."""
LEFT_FROM_EAST = ((0.0, 32.5, 1.75), (4.0, 12.5, 1.75), (7.0, -1.75, -12.5), (10.0, -1.75, -40.0))
RIGHT_FROM_EAST = ((0.0, 32.5, 5.25), (4.0, 12.5, 5.25), (6.0, 5.25, 12.5), (10.0, 5.25, 40.0))
WAITS_IN_THE_EAST = ((0.0, 20.0, 1.75),)


@lru_cache(maxsize=1)
def crossing() -> RoadMap:
    """The map."""
    return parse_opendrive(build_town("crossing", 0, TownOptions(relief=0.0)), "crossing")


class Lights:
    """Traffic lights that show one colour all the time, in place of `ShownScene.lights`."""

    def __init__(self, *, east=SignalState.RED, north=SignalState.GREEN, seen=(), changes=()):
        self._states = {EAST_LIGHT: east, NORTH_LIGHT: north}
        self._seen, self._changes = seen, list(changes)
        self.by_lane = {("1", 1): EAST_LIGHT, ("1", 2): EAST_LIGHT, ("2", 1): NORTH_LIGHT, ("2", 2): NORTH_LIGHT}
        self.places = {signal.id: signal.pose.translation for signal in crossing().signals}

    def shown(self, signal, start, end):
        return self._states[signal]

    def changes(self, signal):
        return self._changes

    def seen(self, second):
        return dict.fromkeys(self._seen, (0.1, 0.3))

    def facing(self, second):
        return [(signal, 0.1) for signal in self._seen]


def with_lights(shown, **lights):
    """A scene whose lights are `Lights`."""
    shown.__dict__["lights"] = Lights(**lights)
    return shown
