"""`Run`: a storyboard, carried out tick by tick."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import numpy as np

from roadmark.errors import InputError
from roadmark.geometry import FloatArray
from roadmark.imports.openscenario.document import Document
from roadmark.imports.openscenario.model import (
    Act,
    Action,
    ActionPart,
    Entity,
    Event,
    FollowTrajectory,
    LaneChange,
    Maneuver,
    Part,
    RouteChange,
    SpeedChange,
    Spot,
    Storyboard,
    Teleport,
)
from roadmark.imports.openscenario.movers import Mover
from roadmark.imports.openscenario.positions import NotPlacedError
from roadmark.imports.openscenario.roads import Roads
from roadmark.imports.openscenario.storyboard import find_part, parts_of

LONGEST: Final = 300.0
"""Seconds after which a document without an end is ended."""
MAX_DURATION: Final = 7_200.0
"""Most seconds that may be asked for."""
AFTER: Final = 3.0
"""Seconds that are shown after the last act, where the document does not say when it ends."""
_TICK: Final = 0.02
Frame = tuple[Spot, int]


class Run:
    """A document as it happens; also the `Moment` of its present.

    Attributes:
        frames: By entity: its first frame, and where it is in each (with its blinkers).
        count: Frames.
        end: Why it ended.
    """

    def __init__(self, document: Document, board: Storyboard, entities: dict[str, Entity], roads: Roads) -> None:
        self._document, self._board = document, board
        self.movers = {name: Mover(entity, roads, document) for name, entity in entities.items()}
        self._parts = [part for story in board.stories for part in parts_of(story)]
        self._found: dict[tuple[str, str], Part | None] = {}
        self._events = {
            action: (event, maneuver)
            for story in board.stories
            for act in story.acts
            for group in act.groups
            for maneuver in group.maneuvers
            for event in maneuver.events
            for action in event.actions
        }
        self.time = 0.0
        self.frames: dict[str, list[Frame]] = {name: [] for name in entities}
        self.count = 0
        self.end = ""

    def spot(self, name: str) -> Spot | None:
        """See `Moment`."""
        mover = self.movers[name]
        return mover.spot if mover.present else None

    def speed(self, name: str) -> float:
        """See `Moment`."""
        return self.movers[name].speed

    def acceleration(self, name: str) -> float:
        """See `Moment`."""
        return self.movers[name].acceleration

    def travelled(self, name: str) -> float:
        """See `Moment`."""
        return self.movers[name].travelled

    def standing(self, name: str) -> float:
        """See `Moment`."""
        return self.movers[name].stood

    def outline(self, name: str) -> FloatArray:
        """See `Moment`."""
        return self.movers[name].outline()

    def state(self, kind: str, name: str) -> tuple[str, frozenset[str]]:
        """See `Moment`."""
        if (kind, name) not in self._found:
            self._found[kind, name] = find_part(self._parts, kind, name)
        part = self._found[kind, name]
        assert part is not None  # the reader has looked
        return part.state, part.transitions

    def run(self, fps: int, duration: float | None) -> None:
        """Carry it out.

        Args:
            fps: Frames per second.
            duration: Seconds it shall take at most, None for as long as the document says.

        Raises:
            FormatError: An action cannot be done when its time comes.
            InputError: An entity has no first place.
        """
        parts = max(1, math.ceil(1.0 / fps / _TICK - 1e-9))
        dt = 1.0 / fps / parts
        last = round((LONGEST if duration is None else duration) * fps)
        self._begin()
        over: float | None = None
        for frame in range(last + 1):
            for part in range(parts):
                self.time = (frame * parts + part) * dt
                stopped = self._update()
                if part == 0:
                    self._record()
                if stopped:
                    self.end = "the storyboard's StopTrigger"
                    return
                for mover in self.movers.values():
                    mover.step(self.time, dt)
            if over is None and all(act.state == "completeState" for s in self._board.stories for act in s.acts):
                over = self.time
            if duration is None and over is not None and self._board.stop is None and self.time >= over + AFTER:
                self.end = f"{AFTER:g} s after its last act"
                return
        self.end = f"after {LONGEST:g} s, as nothing ended it; use --duration" if duration is None else "--duration"

    def _begin(self) -> None:
        waiting = [(name, action) for name, action in self._board.first if isinstance(action, Teleport)]
        while waiting:
            left = []
            fault: NotPlacedError | None = None
            for name, action in waiting:
                try:
                    self.movers[name].place(action.place(self))
                except NotPlacedError as error:
                    left.append((name, action))
                    fault = error
            if fault is not None and len(left) == len(waiting):
                raise InputError(str(fault))
            waiting = left
        for name, one in self._board.first:
            if not isinstance(one, Teleport):
                self._start(self.movers[name], one, None)
        for name, mover in self.movers.items():
            if mover.spot is None:
                self._document.fail(
                    mover.entity.element, f"{name} has no place at the start; add a TeleportAction to Init"
                )

    def _record(self) -> None:
        self.count += 1
        for name, mover in self.movers.items():
            if mover.present and mover.spot is not None:
                self.frames[name].append((mover.spot, mover.blinks))

    def _start(self, mover: Mover, action: Action | None, part: ActionPart | None) -> None:
        if isinstance(action, SpeedChange):
            mover.change_speed(action, part, self)
        elif isinstance(action, LaneChange):
            mover.change_lane(action, part, self)
        elif isinstance(action, RouteChange):
            mover.change_route(action, part, self)
        elif isinstance(action, FollowTrajectory):
            mover.follow(action, part, self)
        elif part is not None:
            mover.ended.append(part)

    def _update(self) -> bool:
        """Let elements end and begin; whether the storyboard is to stop."""
        for part in self._parts:
            part.transitions = frozenset()
        self._collect()
        for story in self._board.stories:
            if story.state == "standbyState":
                _set(story, "runningState", "startTransition")
            for act in story.acts:
                self._act(act)
            if story.state == "runningState" and _over(story.acts):
                _set(story, "completeState", "endTransition")
        return self._board.stop is not None and self._board.stop.fires(self)

    def _collect(self) -> None:
        """Actions that have ended, and what ends with them."""
        for mover in self.movers.values():
            for part in mover.ended:
                if part.state == "runningState":
                    _set(part, "completeState", "endTransition")
            mover.ended.clear()
        for event in {id(event): event for event, _ in self._events.values()}.values():
            self._finish(event)

    def _finish(self, event: Event) -> None:
        if event.state == "runningState" and _over(event.actions):
            event.happened += 1
            again = event.happened < event.most
            _set(event, "standbyState" if again else "completeState", "endTransition")

    def _act(self, act: Act) -> None:
        if act.state == "standbyState" and (act.start is None or act.start.fires(self)):
            _set(act, "runningState", "startTransition")
            for group in act.groups:
                _set(group, "runningState", "startTransition")
                for maneuver in group.maneuvers:
                    _set(maneuver, "runningState", "startTransition")
        if act.state != "runningState":
            return
        if act.stop is not None and act.stop.fires(self):
            self._break_off(act)
            return
        for group in act.groups:
            for maneuver in group.maneuvers:
                self._maneuver(maneuver, group.actors)
                if maneuver.state == "runningState" and _over(maneuver.events):
                    _set(maneuver, "completeState", "endTransition")
            if group.state == "runningState" and _over(group.maneuvers):
                _set(group, "completeState", "endTransition")
        if _over(act.groups):
            _set(act, "completeState", "endTransition")

    def _maneuver(self, maneuver: Maneuver, actors: tuple[str, ...]) -> None:
        for event in maneuver.events:
            if event.state != "standbyState" or not (event.trigger is None or event.trigger.fires(self)):
                continue
            others = [one for one in maneuver.events if one is not event and one.state == "runningState"]
            if event.priority == "skip" and others:
                continue
            if event.priority == "overwrite":
                for other in others:
                    self._stop_event(other)
            _set(event, "runningState", "startTransition")
            for k, part in enumerate(event.actions):
                _set(part, "runningState", "startTransition")
                mover = self.movers[actors[k % len(actors)]]
                if mover.present and mover.spot is not None:
                    self._start(mover, part.action, part)
                else:
                    mover.ended.append(part)

    def _stop_event(self, event: Event) -> None:
        parts = {part for part in event.actions if part.state == "runningState"}
        for mover in self.movers.values():
            mover.stop(parts)
        for part in parts:
            _set(part, "completeState", "stopTransition")
        _set(event, "completeState", "stopTransition")

    def _break_off(self, act: Act) -> None:
        for group in act.groups:
            for maneuver in group.maneuvers:
                for event in maneuver.events:
                    if event.state == "runningState":
                        self._stop_event(event)
                    event.state = "completeState"
                _set(maneuver, "completeState", "stopTransition")
            _set(group, "completeState", "stopTransition")
        _set(act, "completeState", "stopTransition")


def _set(part: Part, state: str, transition: str) -> None:
    part.state = state
    part.transitions |= {transition}


def _over(parts: Iterable[Part]) -> bool:
    return all(part.state == "completeState" for part in parts)


def spots_of(frames: list[Frame]) -> FloatArray:
    """(N, 6) x, y, z, roll, pitch, yaw of reference points, the yaw unwrapped."""
    rows = np.array([(spot.x, spot.y, spot.z, spot.roll or 0.0, spot.pitch or 0.0, spot.yaw) for spot, _ in frames])
    rows[:, 5] = np.unwrap(rows[:, 5])
    return rows
