"""What is asked of automatic surveillance cameras, and what they report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from roadmark.errors import InputError
from roadmark.simulate.cameras import CameraSetup
from roadmark.simulate.sight import SeenActor

REASONS = {
    "places": "no roadside is near enough",
    "free": "every place beside the road is inside or beneath something",
    "holding the actors": "the actors move too far for one picture",
    "seeing them": "the actors are hidden",
    "seeing them all the time": "the actors are hidden for a part of the time",
    "past what stands near": "something stands right before every camera",
}
"""Why no candidate is left after a step of the search."""


class NoViewError(InputError):
    """No camera sees this incident well enough; another draw of it may be seen.

    The message names the reason alone, so that reasons of many draws can be counted.

    Attributes:
        left: How many candidates were left after each step of the search.
    """

    def __init__(self, left: Mapping[str, int]) -> None:
        """Say why: `left` are the candidates after each step."""
        self.left = dict(left)
        empty = next((reason for step, reason in REASONS.items() if left.get(step) == 0), None)
        if empty is None:
            some = left.get("large and visible enough", 0) > 0
            empty = "the actors are seen from too few directions" if some else "the actors are too small or half hidden"
        super().__init__(f"no camera sees it: {empty}")


@dataclass(frozen=True)
class ViewOptions:
    """Bounds of what a surveillance camera looks like. Metres, degrees, pixels, seconds.

    Attributes:
        width, height: Of the pictures.
        heights: Lowest and highest camera above the road.
        pitches: Flattest and steepest look downwards.
        fovs: Narrowest and widest horizontal field of view.
        distances: Least and largest distance to the incident, in plan.
        before, after: The incident's actors stay in the picture from so long before to so long after its moment.
        min_visible: Least share of each actor that nothing hides at the moment.
        min_height: Least height of each actor at the moment, in a picture 1080 high.
        min_area: Least share of the picture that each actor fills at the moment; a tall one does with `tall`.
        tall: Share of the picture's height from which an actor is large enough, however slim.
        apart: Degrees between the directions from which several cameras look; 0.6 of it where there is no other way.
        signals: Ids of the map's lights, one of whose faces the picture shows where it can.
        candidates: Places that are looked at.
        sun: Unit vector to the sun, which cameras avoid to look into; None leaves it out.
        seed: Of the town that the simulation will grow.
    """

    width: int = 1920
    height: int = 1080
    heights: tuple[float, float] = (4.5, 10.0)
    pitches: tuple[float, float] = (10.0, 40.0)
    fovs: tuple[float, float] = (50.0, 95.0)
    distances: tuple[float, float] = (9.0, 55.0)
    before: float = 1.5
    after: float = 1.5
    min_visible: float = 0.6
    min_height: float = 24.0
    min_area: float = 0.001
    tall: float = 0.04
    apart: float = 50.0
    signals: tuple[str, ...] = ()
    candidates: int = 320
    sun: tuple[float, float, float] | None = None
    seed: int = 0


@dataclass(frozen=True, eq=False)
class PlacedCamera:
    """A camera that sees an incident.

    Attributes:
        setup: The camera itself, as a camera file holds it.
        score: How good the view is, 0 to 1.
        tries: Places that were looked at before it was chosen.
        distance: Metres to the incident.
        height: Metres above the road.
        pitch: Degrees, positive looking down.
        fov: Horizontal field of view, degrees.
        actors: The incident's actors at its moment.
        window_visible: Least share of any of them that shows within the event's window, by rays to points on them.
        parts: What the score is made of, each 0 to 1.
    """

    setup: CameraSetup
    score: float
    tries: int
    distance: float
    height: float
    pitch: float
    fov: float
    actors: tuple[SeenActor, ...]
    window_visible: float
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def measures(self) -> dict[str, Any]:
        """Plain numbers about it, for a side-car file."""
        return {
            "name": self.setup.name,
            "score": round(self.score, 4),
            "tries": self.tries,
            "distance": round(self.distance, 2),
            "height": round(self.height, 2),
            "pitch": round(self.pitch, 2),
            "fov": round(self.fov, 2),
            "window_visible": round(self.window_visible, 3),
            "parts": {name: round(value, 3) for name, value in self.parts.items()},
            "actors": [
                {
                    "actor_id": actor.actor_id,
                    "pixels": actor.pixels,
                    "height": actor.height,
                    "visible": round(actor.visible, 3),
                    "inside": round(actor.inside, 3),
                }
                for actor in self.actors
            ],
        }
