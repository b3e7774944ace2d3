"""Makes things visible: roads, scenery, signals, vehicles and people as meshes for the renderer."""

from roadmark.world.actors import Cast, PlacedActor, actor_blueprint, substitutions
from roadmark.world.scenery import ViewCone
from roadmark.world.signal_cast import SignalCast
from roadmark.world.signals import SignalModels, signal_models
from roadmark.world.static_world import StaticWorld, static_world

__all__ = [
    "Cast",
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
