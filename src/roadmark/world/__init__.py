"""Makes things visible: roads, scenery, signals, vehicles and people as meshes for the renderer.

A town grows without knowing of scenarios: what places a scenario's actors is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING

from roadmark.lazy import loaded_when_asked
from roadmark.world.scenery import ViewCone
from roadmark.world.signals import SignalModels, signal_models
from roadmark.world.static_world import StaticWorld, static_world

if TYPE_CHECKING:
    from roadmark.world.actors import Cast, PlacedActor, actor_blueprint, substitutions
    from roadmark.world.driving_lights import DrivingLights
    from roadmark.world.signal_cast import SignalCast
else:
    __getattr__ = loaded_when_asked(
        __name__,
        {
            "actors": ("Cast", "PlacedActor", "actor_blueprint", "substitutions"),
            "driving_lights": ("DrivingLights",),
            "signal_cast": ("SignalCast",),
        },
    )

__all__ = [
    "Cast",
    "DrivingLights",
    "PlacedActor",
    "SignalCast",
    "SignalModels",
    "StaticWorld",
    "ViewCone",
    "actor_blueprint",
    "signal_models",
    "static_world",
    "substitutions",
]
