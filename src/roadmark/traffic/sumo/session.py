"""One run of SUMO, step by step: where its vehicles are, and those of ours that it must see."""

from __future__ import annotations

import contextlib
import io
import math
import socket
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from roadmark.errors import InputError
from roadmark.geometry import FloatArray
from roadmark.traffic.motion import ActorSpec, MovingActor
from roadmark.traffic.sumo.net import Net
from roadmark.traffic.sumo.programs import program, traci

_ERRORS = "errors.txt"
_LAST_WORDS = 5.0  # seconds in which it writes its errors down
_LATEST = 8  # seconds after the start, well before the first frame
_TRIES, _WAIT = 600, 0.05  # to connect: seconds between two
_OURS = 2  # keepRoute of moveToXY: wherever we say, on a lane or not
_RIGHT, _LEFT = 1, 2  # bits of a vehicle's signals


@dataclass(frozen=True, eq=False)
class Ghost:
    """Someone of ours on SUMO's roads.

    Attributes:
        actor: The course.
        kind: Its type in SUMO.
        there: (N,) in which of its rows others must see it.
        route: Edges to drive on by after the last row, None to be gone.
    """

    actor: MovingActor
    kind: str
    there: np.ndarray
    route: Mapping[str, tuple[str, ...]] | None = None


@dataclass(eq=False)
class Seen:
    """Where a vehicle of SUMO's was, frame by frame.

    Attributes:
        frames: Frames.
        rows: x, y of the front bumper, and heading, in the map's frame.
        blinks: 1 left, -1 right, 0.
    """

    frames: list[int] = field(default_factory=list)
    rows: list[tuple[float, float, float]] = field(default_factory=list)
    blinks: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Ticks:
    """The steps of a run.

    Attributes:
        step: Seconds per step.
        first: Step of frame 0.
        count: Frames.
        parts: Steps per frame.
    """

    step: float
    first: int
    count: int
    parts: int


def run_session(
    net: Net,
    routes: str | Path,
    additions: str,
    ghosts: Sequence[Ghost],
    ticks: Ticks,
    seed: int,
    *,
    looks: Sequence[ActorSpec] = (),
    out: Collection[int] = (),
) -> dict[str, Seen]:
    """Run SUMO once.

    Args:
        net: The network.
        routes: The text of a routes file, or the user's own file.
        additions: The text of an additional file: the lights' programs, the ghosts' types.
        ghosts: Who of ours it must see.
        ticks: Its steps.
        seed: Of SUMO's own chance.
        looks: With the user's routes: what the vehicles become, in the order in which they depart.
        out: Which of those are left out.

    Returns:
        Vehicles by id (`v<k>` is driver k, `g<k>` is ghost k, after its last row), from frame 0 on.

    Raises:
        InputError: SUMO fails; says with what words.
        MissingExtraError: It is not installed.
    """
    client = traci()
    with tempfile.TemporaryDirectory(prefix="roadmark-sumo-") as name:
        folder = Path(name)
        command = _command(folder, net, routes, additions, ticks.step, seed)
        try:
            with _started(client, command) as connection:
                return _Loop(client, connection, net, ghosts, ticks, looks, out).run()
        except (client.exceptions.TraCIException, client.exceptions.FatalTraCIError, OSError) as error:
            said = _last_words(folder / _ERRORS) or str(error)
            raise InputError(f"{net.path}: SUMO stopped: {said[-300:]}") from None


def _command(folder: Path, net: Net, routes: str | Path, additions: str, step: float, seed: int) -> list[str]:
    """The command that runs SUMO, whose files are written into a folder."""
    added = folder / "ours.add.xml"
    added.write_text(additions, encoding="utf-8")
    given = routes if isinstance(routes, Path) else folder / "all.rou.xml"
    if isinstance(routes, str):
        given.write_text(routes, encoding="utf-8")
    options: dict[str, object] = {
        "net-file": net.path,
        "route-files": given,
        "additional-files": added,
        "step-length": f"{step:.9f}",
        "seed": seed % (1 << 31),
        "lanechange.duration": 4,
        "collision.action": "none",
        "time-to-teleport": -1,
        "max-depart-delay": _LATEST if isinstance(routes, str) else -1,
        "no-step-log": "true",
        "no-warnings": "true",
        "ignore-route-errors": "true",
        "xml-validation": "never",
        "xml-validation.net": "never",
        "error-log": folder / _ERRORS,
    }
    return [program("sumo"), *(part for key, value in options.items() for part in (f"--{key}", str(value)))]


def _last_words(log: Path) -> str:
    """The errors that SUMO wrote down, if any."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "; ".join(line.removeprefix("Error: ") for line in lines if line.startswith("Error"))


@contextlib.contextmanager
def _started(client: Any, command: list[str]) -> Iterator[Any]:
    """SUMO, connected; ended afterwards, whatever happens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603 - a fixed program, own file names
        [*command, "--remote-port", str(port)], stdin=quiet, stdout=quiet, stderr=quiet
    )
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it tells of every try
            connection = client.connect(port, _TRIES, "127.0.0.1", process, _WAIT)
        try:
            yield connection
        finally:
            with contextlib.suppress(client.exceptions.TraCIException, client.exceptions.FatalTraCIError, OSError):
                connection.close(False)
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_LAST_WORDS)
        process.kill()
        process.wait()


class _Loop:
    def __init__(
        self,
        client: Any,
        connection: Any,
        net: Net,
        ghosts: Sequence[Ghost],
        ticks: Ticks,
        looks: Sequence[ActorSpec],
        out: Collection[int],
    ) -> None:
        self.vehicles, self.simulation, self.connection = connection.vehicle, connection.simulation, connection
        constants = client.constants
        self.wanted = [constants.VAR_POSITION, constants.VAR_ANGLE, constants.VAR_SIGNALS]
        self.place, self.angle, self.signals = self.wanted
        self.net, self.ghosts, self.ticks = net, ghosts, ticks
        self.looks, self.out = looks, out
        self.present: dict[int, str] = {}
        self.released: set[int] = set()
        self.seen: dict[str, Seen] = {}
        self.names: dict[str, str] = {}

    def run(self) -> dict[str, Seen]:
        first, parts = self.ticks.first, self.ticks.parts
        last = first + (self.ticks.count - 1) * parts + 1
        edge = self.net.lanes[0].edge
        self.connection.route.add("anywhere", [edge])
        for tick in range(last):
            now = (tick - first) / parts
            for k, ghost in enumerate(self.ghosts):
                self._move(k, ghost, now)
            self.connection.simulationStep()
            for vehicle in self.simulation.getDepartedIDList():
                if vehicle not in self.present.values() and self._adopt(vehicle):
                    self.vehicles.subscribe(vehicle, self.wanted)
            if tick >= first and (tick - first) % parts == 0:
                self._record((tick - first) // parts)
        return self.seen

    def _adopt(self, vehicle: str) -> bool:
        """Give a vehicle of the user's demand the size of one of ours; whether it may stay."""
        if not self.looks:
            return True
        k = len(self.names)
        self.names[vehicle] = f"v{k}"
        if k >= len(self.looks) or k in self.out:
            self.vehicles.remove(vehicle)
            return False
        length, width, height = self.looks[k].blueprint.size
        self.vehicles.setLength(vehicle, length)
        self.vehicles.setWidth(vehicle, width)
        self.vehicles.setHeight(vehicle, height)
        return True

    def _record(self, frame: int) -> None:
        for name, values in self.vehicles.getAllSubscriptionResults().items():
            x, y = values[self.place]
            one = self.seen.setdefault(self.names.get(name, name), Seen())
            one.frames.append(frame)
            one.rows.append((x - self.net.offset[0], y - self.net.offset[1], math.radians(90.0 - values[self.angle])))
            lamps = values[self.signals]
            one.blinks.append(1 if lamps & _LEFT else -1 if lamps & _RIGHT else 0)

    def _move(self, k: int, ghost: Ghost, now: float) -> None:
        """Put one of ours where it will be after this step; where its course ends, let it go."""
        row = math.floor(now + 1e-9) - ghost.actor.start
        if k in self.released or row < -1:
            return
        if row >= len(ghost.there):
            self._release(k, ghost)
            return
        if row < 0 or not ghost.there[row]:
            if k in self.present:
                self.vehicles.remove(self.present.pop(k))
            return
        name = self.present.get(k)
        if name is None:
            name = self.present[k] = f"g{k}"
            self.vehicles.add(name, "anywhere", typeID=ghost.kind)
            self.vehicles.setSpeedMode(name, 0)
            self.vehicles.setLaneChangeMode(name, 0)
        place, yaw, speed = _front(ghost.actor, row)
        x, y = place + self.net.offset
        self.vehicles.moveToXY(name, "", -1, float(x), float(y), 90.0 - math.degrees(yaw), _OURS)
        self.vehicles.setPreviousSpeed(name, speed)

    def _release(self, k: int, ghost: Ghost) -> None:
        self.released.add(k)
        name = self.present.pop(k, None)
        if name is None:
            return
        edge = self.vehicles.getRoadID(name)
        if ghost.route is None:
            self.vehicles.remove(name)
            return
        if edge.startswith(":") or edge not in ghost.route:
            raise InputError(f"{ghost.actor.spec.blueprint.id} cannot join SUMO's traffic in a junction")
        self.vehicles.setRoute(name, list(ghost.route[edge]))
        self.vehicles.setSpeedMode(name, 31)
        self.vehicles.setLaneChangeMode(name, 1621)
        self.vehicles.setSpeed(name, -1)
        self.vehicles.subscribe(name, self.wanted)


def _front(actor: MovingActor, row: int) -> tuple[FloatArray, float, float]:
    body, yaw = actor.spec.blueprint, float(actor.rpy[row, 2])
    ahead = body.center_offset[0] + body.half_extents[0]
    return actor.positions[row, :2] + ahead * np.array([math.cos(yaw), math.sin(yaw)]), yaw, float(actor.speed[row])
