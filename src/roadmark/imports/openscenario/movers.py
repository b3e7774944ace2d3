"""`Mover`: an entity as it moves: along a rail of lanes, along a trajectory, or straight on."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from roadmark.errors import InputError
from roadmark.geometry import FloatArray
from roadmark.imports.openscenario.document import Document
from roadmark.imports.openscenario.jobs import Following, Sidling, Speeding, on_path
from roadmark.imports.openscenario.model import (
    ActionPart,
    Entity,
    FollowTrajectory,
    LaneChange,
    Moment,
    RouteChange,
    SpeedChange,
    Spot,
)
from roadmark.imports.openscenario.roads import Rail, Roads
from roadmark.maps import LaneKey
from roadmark.traffic import LEFT, RIGHT

_STANDING: Final = 0.01  # m/s
_SHORT_OF: Final = 60.0  # metres of rail left when more is laid
_STRAIGHTENS: Final = 4.0  # metres over which a heading that is not the lane's fades
_BLINKS: Final = 1.5  # metres sideways from which on a driver blinks


class Mover:
    """An entity over time.

    Attributes:
        entity: Who.
        spot: Where its reference point is.
        speed: m/s forward.
        acceleration: m/s2 forward.
        travelled: Metres.
        stood: Seconds without moving.
        present: Whether it is still in the scenario.
        ended: Parts whose actions have ended since they were last asked for.
    """

    def __init__(self, entity: Entity, roads: Roads, document: Document) -> None:
        self.entity, self._roads, self._document = entity, roads, document
        self.spot: Spot | None = None
        self.speed = self.acceleration = self.travelled = self.stood = 0.0
        self.present = True
        self.ended: list[ActionPart] = []
        self._rail: Rail | None = None
        self._at = self._offset = self._turned = 0.0
        self._settled = False
        self._speeding: Speeding | None = None
        self._sidling: Sidling | None = None
        self._following: Following | None = None
        self._goal: tuple[ActionPart | None, float] | None = None

    @property
    def blinks(self) -> int:
        """Value for `MovingActor.blinkers`."""
        job = self._sidling
        if job is None or abs(job.last - job.first) < _BLINKS:
            return 0
        return LEFT if job.last > job.first else RIGHT

    def place(self, spot: Spot) -> None:
        """Put it somewhere."""
        self.spot, self._rail, self._settled = self._standing(spot), None, False

    def _standing(self, spot: Spot) -> Spot:
        """A place with the slope under a vehicle, where it does not say how it is pitched."""
        if spot.pitch is not None or self.entity.walks:
            return spot
        return replace(spot, pitch=self._roads.pitch(spot))

    def outline(self) -> FloatArray:
        """(4, 2) corners of its box, counter-clockwise."""
        spot, body = self._here(), self.entity.spec.blueprint
        x, y = self.entity.reach[0] + body.center_offset[0], self.entity.reach[1] + body.center_offset[1]
        half = body.half_extents
        corners = np.array([(half[0], half[1]), (-half[0], half[1]), (-half[0], -half[1]), (half[0], -half[1])])
        cos, sin = math.cos(spot.yaw), math.sin(spot.yaw)
        return np.asarray(
            (corners + np.array([x, y])) @ np.array([[cos, sin], [-sin, cos]]) + np.array([spot.x, spot.y])
        )

    def _here(self) -> Spot:
        assert self.spot is not None
        return self.spot

    def change_speed(self, action: SpeedChange, part: ActionPart | None, moment: Moment) -> None:
        """Begin a SpeedAction; it takes the place of one that is going on."""
        self._end(self._speeding)
        target = action.target
        if action.of is not None:
            base = moment.speed(action.of)
            target = base * action.target if action.relation == "factor" else base + action.target
        seconds = action.dynamics.seconds(target - self.speed, 0.5 * abs(target + self.speed))
        self._speeding = Speeding(part, action.dynamics, moment.time, seconds, self.speed, target)
        if seconds <= 0.0:
            self.speed, self._speeding = target, None
            self._report(part)

    def change_lane(self, action: LaneChange, part: ActionPart | None, moment: Moment) -> None:
        """Begin a LaneChangeAction or LaneOffsetAction.

        Raises:
            FormatError: There is no such lane.
        """
        self._stop_following()
        self._end(self._sidling)
        self._settle(force=True)
        rail, spot = self._rail, self._here()
        if rail is None:
            self._document.fail(action.element, f"{self.entity.name} is on no lane at {moment.time:.2f} s")
        side = 1.0
        if action.lane is not None:
            rail, side = self._target_rail(action, moment)
            self._rail = rail
            yaw = spot.yaw
            self._at, self._offset = rail.project(spot.x, spot.y)
            self._turned = math.remainder(yaw - float(rail.path.heading(self._at)), math.tau)
        last = action.offset * side
        change = last - self._offset
        by_distance = action.dynamics.dimension == "distance" and action.dynamics.shape != "step"
        extent = action.dynamics.value if by_distance else action.dynamics.seconds(change, self.speed)
        self._sidling = Sidling(part, action.dynamics, moment.time, self.travelled, extent, self._offset, last)
        if extent <= 0.0:
            self._offset, self._sidling = last, None
            self._report(part)

    def _target_rail(self, action: LaneChange, moment: Moment) -> tuple[Rail, float]:
        """The rail of a lane change's target, and +1 where its left is that of the entity."""
        fail = self._document.fail
        here = self._roads.on_lane(self._here())
        if here is None:
            fail(action.element, f"{self.entity.name} is on no lane at {moment.time:.2f} s")
        try:
            if action.of is None:
                assert action.lane is not None
                section = self._roads.road_map.road_geometry[here.key.road].sections[here.key.section]
                if action.lane not in section.lanes or action.lane == 0:
                    raise InputError(f"road {here.key.road} has no lane {action.lane} there")
                key = replace(here.key, lane=action.lane)
            else:
                key = self._relative_key(action, moment)
                key = replace(here.key, lane=key.lane) if key.road == here.key.road else key
            center = self._roads.lane_spot(key.road, key.lane, here.s, 0.0) if key.road == here.key.road else None
            strip_heads = center.yaw if center is not None else here.heading
            forward = abs(math.remainder(self._here().yaw - strip_heads, math.tau)) < 0.5 * math.pi
            return self._roads.rail_from(key, forward=forward), 1.0
        except InputError as error:
            fail(action.element, f"{self.entity.name} at {moment.time:.2f} s: {error}")

    def _relative_key(self, action: LaneChange, moment: Moment) -> LaneKey:
        other = moment.spot(action.of or "")
        on = None if other is None else self._roads.on_lane(other)
        if other is None or on is None:
            raise InputError(f"{action.of} is on no lane")
        assert action.lane is not None
        road = self._roads.road_map.road_geometry[on.key.road]
        section = road.sections[on.key.section]
        along = road.lane_direction(on.key.lane, section) * (1 if self._roads.heads_with(other, on) else -1)
        return self._roads.beside(on.key, action.lane * along)

    def change_route(self, action: RouteChange, part: ActionPart | None, moment: Moment) -> None:
        """Begin an AssignRouteAction or AcquirePositionAction.

        Raises:
            FormatError: There is no such way.
        """
        self._stop_following()
        self._settle(force=True)
        spot = self._here()
        goals = [find(moment) for find in action.places]
        try:
            on = [self._roads.on_lane(goal) for goal in goals]
            here = self._roads.on_lane(spot)
            if self.entity.walks or here is None:
                raise InputError("is on no lane that vehicles drive; use a FollowTrajectoryAction")
            if any(goal is None for goal in on):
                raise InputError("a place of the route is on no lane")
            rail = self._roads.route(here.key, [goal for goal in on if goal is not None])
        except InputError as error:
            self._document.fail(action.element, f"{self.entity.name} at {moment.time:.2f} s: {error}")
        offset = self._offset
        self._rail = rail
        self._at, self._offset = rail.project(spot.x, spot.y)
        if self._sidling is not None:
            self._sidling.first += self._offset - offset
        if action.last_reached:
            self._goal = (part, rail.project(goals[-1].x, goals[-1].y)[0])
        else:
            self._report(part)

    def follow(self, action: FollowTrajectory, part: ActionPart | None, moment: Moment) -> None:
        """Begin a FollowTrajectoryAction; it decides where the entity is, and with times how fast."""
        self._stop_following()
        self._end(self._sidling)
        self._sidling = None
        line = action.trajectory(moment)
        if line.times is not None:
            self._end(self._speeding)
            self._speeding = None
        since = moment.time if action.relative else 0.0
        if line.times is None and line.path is not None and self.spot is not None:
            points = line.path.points[:, :2]
            off = np.hypot(points[:, 0] - self.spot.x, points[:, 1] - self.spot.y)
            along = float(line.path.distances[int(np.argmin(off))])
        else:
            along = 0.0
        self._following = Following(part, line, since, along)
        if self.spot is None:
            self.spot = line.start

    def step(self, time: float, dt: float) -> None:
        """Go on from a time for a while."""
        if not self.present or self.spot is None:
            return
        before = self.speed
        self._change_speed(time + dt)
        if self._following is not None:
            self._along_trajectory(time, dt)
        else:
            self._onward(time, dt)
        self.acceleration = (self.speed - before) / dt
        self.stood = self.stood + dt if abs(self.speed) < _STANDING else 0.0

    def _change_speed(self, now: float) -> None:
        job = self._speeding
        if job is None:
            return
        progress = (now - job.since) / job.seconds
        self.speed = job.first + (job.last - job.first) * job.dynamics.share(progress)
        if progress >= 1.0:
            self.speed, self._speeding = job.last, None
            self._report(job.part)

    def _along_trajectory(self, time: float, dt: float) -> None:
        job = self._following
        assert job is not None
        line, here = job.line, self._here()
        if line.times is not None:
            clock = line.times + job.since
            if time + dt < clock[0]:
                self._onward(time, dt)
                return
            before = float(np.interp(time, clock, line.at))
            after = float(np.interp(time + dt, clock, line.at))
            over = time + dt >= clock[-1]
            if over and len(clock) > 1:
                self.speed = float((line.at[-1] - line.at[-2]) / (clock[-1] - clock[-2]))
            elif time >= clock[0]:
                self.speed = (after - before) / dt
            self.travelled += after - before
            vertex = float(np.interp(time + dt, clock, np.arange(len(clock))))
        else:
            after = job.along + self.speed * dt
            self.travelled += abs(after - job.along)
            over = line.path is None or after >= line.path.length
            vertex = float(np.interp(after, line.at, np.arange(len(line.at))))
        job.along = after
        yaw = None if line.yaws is None else float(np.interp(vertex, np.arange(len(line.yaws)), line.yaws))
        if line.path is None:
            self.spot = self._standing(replace(line.start, yaw=here.yaw if yaw is None else yaw))
        else:
            self.spot = on_path(line.path, min(after, line.path.length), yaw)
        if over:
            self._following = None
            self._settled, self._rail = False, None
            self._report(job.part)

    def _onward(self, time: float, dt: float) -> None:
        """Along the rail, else straight on."""
        way = self.speed * dt
        if abs(way) > 0.0 or self._sidling is not None:
            self._settle()
        self.travelled += abs(way)
        rail, here = self._rail, self._here()
        if rail is None:
            if way == 0.0:
                return
            x, y = here.x + way * math.cos(here.yaw), here.y + way * math.sin(here.yaw)
            self.spot = self._standing(Spot(x, y, self._roads.ground(x, y, here.z), here.yaw))
            return
        aside = self._sidle(time + dt)
        self._offset += aside
        forward = math.copysign(math.sqrt(max(way * way - aside * aside, 0.0)), way)
        self._at += forward
        if rail.path.length - self._at < _SHORT_OF:
            self._rail = rail = self._roads.longer(rail)
        if way == 0.0 and aside == 0.0:
            return
        self._turned *= math.exp(-abs(way) / _STRAIGHTENS)
        drift = math.atan2(aside, forward) if abs(forward) > 1e-9 else 0.0
        self.spot = on_path(rail.path, self._at, None, self._offset, self._turned + drift)
        self._arrive(rail)

    def _arrive(self, rail: Rail) -> None:
        if self._goal is not None and self._at >= self._goal[1]:
            self._report(self._goal[0])
            self._goal = None
        if rail.ended and self._at > rail.path.length and not self.entity.walks:
            self.present = False
            for job in (self._speeding, self._sidling):
                self._end(job)
            if self._goal is not None:
                self._report(self._goal[0])

    def _sidle(self, now: float) -> float:
        """Metres to the left in this step."""
        job = self._sidling
        if job is None:
            return 0.0
        by_distance = job.dynamics.dimension == "distance"
        progress = (self.travelled - job.travelled if by_distance else now - job.since) / job.extent
        wanted = job.first + (job.last - job.first) * job.dynamics.share(progress)
        if progress >= 1.0:
            wanted, self._sidling = job.last, None
            self._report(job.part)
        return wanted - self._offset

    def _settle(self, *, force: bool = False) -> None:
        """Get on the rail of the lane it is on, once; who walks does so only to change lanes."""
        if self._rail is not None or (self._settled and not force):
            return
        self._settled = True
        spot = self._here()
        on = self._roads.on_lane(spot)
        drives = on is not None and on.key in self._roads.network.index
        if on is None or (self.entity.walks and not force) or not (drives or force):
            return
        forward = self._roads.heads_with(spot, on)
        turned = math.remainder(spot.yaw - on.heading - (0.0 if forward else math.pi), math.tau)
        if abs(turned) > math.radians(45.0):
            return
        try:
            self._rail = self._roads.rail_from(on.key, forward=forward)
        except InputError:
            return
        self._at, self._offset = self._rail.project(spot.x, spot.y)
        self._turned = math.remainder(spot.yaw - float(self._rail.path.heading(self._at)), math.tau)

    def stop(self, parts: set[ActionPart]) -> None:
        """Break off what some actions do."""
        if self._speeding is not None and self._speeding.part in parts:
            self._speeding = None
        if self._sidling is not None and self._sidling.part in parts:
            self._sidling = None
        if self._following is not None and self._following.part in parts:
            self._following, self._settled, self._rail = None, False, None
        if self._goal is not None and self._goal[0] in parts:
            self._goal = None

    def _stop_following(self) -> None:
        if self._following is not None:
            self._report(self._following.part)
            self._following, self._settled, self._rail = None, False, None

    def _end(self, job: Speeding | Sidling | None) -> None:
        if job is not None:
            self._report(job.part)

    def _report(self, part: ActionPart | None) -> None:
        if part is not None:
            self.ended.append(part)
