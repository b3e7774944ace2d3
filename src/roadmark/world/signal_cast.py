"""The traffic lights of a map, showing what a recording says."""

from __future__ import annotations

from roadmark.render import Instance
from roadmark.scenario import ActorKind, Scenario, SceneState
from roadmark.world.signals import SIGNAL_EMISSION, SignalModels, bind_signals


class SignalCast:
    """Lamp heads with the recorded states; lights that no recording speaks of stay dark."""

    def __init__(self, models: SignalModels, scenario: Scenario) -> None:
        """Match recorded lights to the map's.

        Args:
            models: Signals of the recording's map.
            scenario: The recording.
        """
        lights = scenario.of_kind(ActorKind.TRAFFIC_LIGHT)
        bound = bind_signals(models, {actor.key: actor.spawn_position for actor in lights})
        self.unbound = len(lights) - len(bound)
        shown = {id(head) for heads in bound.values() for head in heads}
        self._bound = bound
        self._dark = [Instance(head.mesh, head.transform, 0) for head in models.dynamic if id(head) not in shown]

    def place(self, state: SceneState) -> list[Instance]:
        """All lamp heads at a time."""
        placed = list(self._dark)
        for actor in state.actors:
            emission = 0 if actor.signal_state is None else SIGNAL_EMISSION[int(actor.signal_state)]
            for head in self._bound.get(actor.actor.key, ()):
                placed.append(Instance(head.mesh, head.transform, 0, emission=emission))
        return placed
