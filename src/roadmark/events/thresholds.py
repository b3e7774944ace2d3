"""From when on something counts as an event. Ordinary traffic stays clear of every one of these with a margin.

Metres, seconds, m/s, m/s2, radians. The documentation states the same numbers (docs/formats/events.md).
"""

from __future__ import annotations

import math
from typing import Final

TOUCH: Final = 0.001
"""Boxes touch from this much overlap on: coordinates in recordings are single precision, 0.03 mm at 500 m."""
SAME_CONTACT: Final = 5.0
"""Contacts of one pair that follow each other within this time are one collision: the second is a rebound."""
REST: Final = 0.3
"""Slower than this stands: people sway, suspensions settle."""
ALONG: Final = math.radians(45.0)
"""Headings that differ by less go the same way (rear-end), by more than 180 degrees minus this opposite ways
(head-on); the sectors are equal quarters."""
PUSHED: Final = 0.5
"""Boxes that overlap from the start on collide only if one moves this fast against the other; else somebody was put
there (parked two-wheelers, attached actors)."""

TIME_TO_COLLISION: Final = 1.0
"""A near miss had less time left: Hydén's traffic conflict technique counts about 1 to 1.5 s as serious, and attentive
drivers need about 1 s to react, so this left nobody time to decide."""
POST_ENCROACHMENT: Final = 0.8
"""... or the second came to the place of the first within this time; 1 s is usual as the border to severe."""
NEEDED_BRAKING: Final = 4.0
"""... and it took braking harder than this to stay clear: what comfortable drivers never ask for (about 2.5)."""
EVASIVE_BRAKING: Final = 5.5
EVASIVE_LATERAL: Final = 4.5
"""Harder than ordinary traffic brakes (5) or turns (4): somebody got out of the way."""
SHORTEST_CONFLICT: Final = 0.06
"""A conflict lasts two frames at 30 per second, so that one odd sample is none."""
BEFORE_COLLISION: Final = 2.5
"""Conflicts with others this shortly before someone's collision are part of that collision."""

WRONG_WAY_TIME: Final = 2.0
WRONG_WAY_LENGTH: Final = 10.0
"""Longer and farther than it takes to pull out round an obstacle and give up."""
AGAINST: Final = math.radians(120.0)
"""Heading and course differ from the lane's direction by more than this; less is crossing it."""

SUDDEN_BRAKING: Final = 6.0
"""Emergency braking: ordinary drivers stay below 5, and 8 to 9 is what tyres give."""
SUDDEN_FROM: Final = 4.0
"""Slower than this, everyone can stop at once without anyone calling it sudden."""
SHORTEST_BRAKING: Final = 0.2
"""Seconds of such braking; shorter is a jolt."""

STALLED: Final = 6.0
"""Longer than a driver dawdles at a free road."""
FREE_AHEAD: Final = 15.0
"""Metres ahead in which someone, a crosswalk in use or a junction explains why a vehicle stands."""
BLOCKING: Final = 5.0
"""Seconds stopped inside a junction: longer than it takes to let somebody pass."""

RED_GRACE: Final = 0.05
"""Seconds for which a light must have been red: recordings have the change at a frame, not between two."""
STOP_LINE_REACH: Final = 20.0
"""Metres before a junction's entry within which its stop line or crosswalk lies."""
THROUGH: Final = 3.0
"""Metres beyond the entry that a front must go without stopping: less is stopping late."""
BEFORE_CROSSWALK: Final = 1.0
"""Metres between a stop line and the crosswalk behind it, where the map has no stop line."""

SPEEDING_FACTOR: Final = 1.25
SPEEDING_MARGIN: Final = 2.0
SPEEDING_TIME: Final = 1.0
"""A quarter over the limit and 2 m/s (7 km/h) more, for longer than a speedometer lags."""

U_TURN: Final = math.radians(150.0)
"""Heading turned by more than this between a lane and the next one."""

CROSSWALK_REACH: Final = 3.0
"""Metres around a crosswalk that people use as if they were on it."""
JAYWALK_LENGTH: Final = 1.5
"""Metres walked on driving lanes: less is a step off the kerb."""
