"""Small scenarios for the tests of simulations: recordings by hand, camera files, a look behind the clip."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import yaml

from roadmark.clip import Clip
from roadmark.geometry import Pose
from roadmark.render import Frame, Instance, Mesh, Renderer
from roadmark.scenario.carla_log import ActorAdded, Attribute, LogHeader, LogWriter, NewFrame, PacketKind
from roadmark.scenario.carla_log.packets import LIST_DTYPES, NON_ACTOR
from roadmark.simulate import embedded, plan_simulation, resolve_settings, run_simulation
from roadmark.world import PlacedActor
from sample_crossing.town import MAP_NAME, crossing_xodr

Course = Callable[[float], tuple[float, float, float]]
"""Seconds to x, y in metres and heading in radians, FLU."""


def at(x: float, y: float, heading: float = 0.0) -> Course:
    """Stand still."""
    return lambda t: (x, y, heading)


def going(x: float, y: float, heading: float, speed: float) -> Course:
    """Constant velocity through (x, y) at time 0."""
    return lambda t: (x + speed * t * math.cos(heading), y + speed * t * math.sin(heading), heading)


@dataclass(frozen=True)
class Mover:
    """One actor of a hand-made recording."""

    id: int
    course: Course
    blueprint: str = "vehicle.audi.tt"
    color: str | None = "200,30,30"
    role: str = "autopilot"
    kind: int = 1
    height: float = 0.0
    box: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    until: float = math.inf
    lights: int | None = None
    velocity: tuple[float, float, float] | None = None


def unreal(x: float, y: float, z: float) -> tuple[float, float, float]:
    """FLU metres to Unreal centimetres."""
    return (100.0 * x, -100.0 * y, 100.0 * z)


def _added(mover: Mover, t: float) -> ActorAdded:
    x, y, heading = mover.course(t)
    colors = [] if mover.color is None else [Attribute(5, "color", mover.color)]
    others = [Attribute(4, name, value) for name, value in mover.attributes]
    attributes = (Attribute(4, "role_name", mover.role), *colors, *others)
    turn = (0.0, 0.0, -math.degrees(heading))
    return ActorAdded(mover.id, mover.kind, unreal(x, y, mover.height), turn, 0, mover.blueprint, attributes)


def write_log(
    path: Path,
    movers: Sequence[Mover],
    times: Sequence[float],
    *,
    collisions: Mapping[int, Sequence[tuple[int, int]]] | None = None,
    map_name: str = MAP_NAME,
) -> Path:
    """A recording; `collisions` gives the pairs in contact by frame, one direction each."""
    with LogWriter(path, LogHeader(date=0, map_name=map_name)) as writer:
        for number, t in enumerate(times):
            alive = [mover for mover in movers if t <= mover.until]
            gone = [m for m in movers if number and times[number - 1] <= m.until < t]
            rows: dict[PacketKind, list[tuple[object, ...]]] = {
                PacketKind.POSITION: [
                    (m.id, unreal(*m.course(t)[:2], m.height), (0.0, 0.0, -math.degrees(m.course(t)[2]))) for m in alive
                ],
                PacketKind.VEHICLE_LIGHT: [(m.id, m.lights) for m in alive if m.lights is not None],
                PacketKind.COLLISION: [
                    (row, a, b, 0, 0) for row, (a, b) in enumerate((collisions or {}).get(number, ()))
                ],
                PacketKind.EVENT_DEL: [(m.id,) for m in gone],
                PacketKind.KINEMATICS: [
                    (m.id, (m.velocity[0], -m.velocity[1], m.velocity[2]), (0.0, 0.0, 0.0))
                    for m in alive
                    if m.velocity is not None
                ],
            }
            if number == 0:
                rows[PacketKind.BOUNDING_BOX] = [
                    (m.id, unreal(*m.box[0]), tuple(100.0 * half for half in m.box[1])) for m in movers if m.box
                ]
            records = {kind: np.array(values, LIST_DTYPES[kind]) for kind, values in rows.items() if values}
            added = [_added(m, t) for m in movers] if number == 0 else []
            writer.write_frame(NewFrame(elapsed=float(t), added=added, records=records))
    return path


SOMETHING_FIXED = NON_ACTOR


def write_map(folder: Path) -> Path:
    """The sample crossing."""
    path = folder / f"{MAP_NAME}.xodr"
    path.write_bytes(crossing_xodr())
    return path


def sensor(
    place: tuple[float, float, float],
    *,
    pitch: float = 0.0,
    yaw: float = 0.0,
    size: tuple[int, int] = (320, 180),
    fov: float = 90.0,
    name: str | None = None,
) -> dict[str, object]:
    """An RGB sensor at FLU metres, with FLU degrees (pitch is positive looking down, yaw positive to the left)."""
    x, y, z = unreal(*place)
    entry: dict[str, object] = {
        "sensor": "rgb",
        "attributes": {"image_size_x": size[0], "image_size_y": size[1], "fov": fov},
        "transform": {"location": {"x": x, "y": y, "z": z}, "rotation": {"roll": 0, "pitch": -pitch, "yaw": -yaw}},
    }
    return entry if name is None else {"name": name, **entry}


def write_cameras(path: Path, *sensors: dict[str, object]) -> Path:
    """A camera file."""
    path.write_text(yaml.safe_dump(list(sensors)), encoding="utf-8")
    return path


@dataclass(frozen=True, eq=False)
class Shot:
    """What went into one frame of one camera, and what the renderer gave."""

    camera: object
    pose: Pose
    instances: Sequence[Instance]
    frame: Frame
    actors: Sequence[PlacedActor]


@dataclass(eq=False)
class Spy:
    """The world's still mesh and every frame."""

    mesh: Mesh | None = None
    renderer: Renderer | None = None
    shots: list[Shot] = field(default_factory=list)


@contextmanager
def spying():
    """Record what the simulator asks of its renderer."""
    spy = Spy()

    class SpyRenderer(Renderer):
        def __init__(self, static, **options):
            super().__init__(static, **options)
            spy.mesh, spy.renderer = static, self

        def render(self, camera, pose, instances, *arguments, **options):
            self.last = instances
            return super().render(camera, pose, instances, *arguments, **options)

    label_frame = embedded.label_frame

    def labels(frame, actors, *, camera, pose, renderer, **options):
        spy.shots.append(Shot(camera, pose, renderer.last, frame, actors))
        return label_frame(frame, actors, camera=camera, pose=pose, renderer=renderer, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "Renderer", SpyRenderer)
        patch.setattr(embedded, "label_frame", labels)
        yield spy


def make_plan(output: Path, *, nest: bool = False, metadata: Mapping[str, object] | None = None, **options: object):
    """A plan from options by setting name."""
    settings = {"quality": "draft", "threads": 2, **options, "output_dir": output}
    resolved, _ = resolve_settings(wf_config=None, config=None, command_line=settings)
    return plan_simulation(resolved, metadata or {}, nest=nest)


def simulate(output: Path, **options: object) -> list[Clip]:
    """The clips of a simulation, one per camera."""
    return [Clip.open(result.path) for result in run_simulation(make_plan(output, **options))]


def contents(root: Path) -> dict[str, bytes]:
    """Every file of a folder by its relative path."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def facets(static, shot):
    """(N, 3, 3) float64 world corners of the triangle behind every pixel that hit one, and which pixels these are."""
    frame = shot.frame
    corners = np.full((*frame.depth.shape, 3, 3), np.nan)
    for index in np.unique(frame.instance_index):
        where = frame.instance_index == index
        if index == -2:
            continue
        mesh = static if index == -1 else shot.instances[index].mesh
        points = mesh.vertices.astype(np.float64)[mesh.triangles[frame.triangle[where]]]
        if index >= 0:
            matrix = shot.instances[index].transform
            points = points @ matrix[:, :3].T + matrix[:, 3]
        corners[where] = points
    hit = np.isfinite(frame.depth)
    assert (np.isfinite(corners).all(axis=(2, 3)) == hit).all()
    return corners[hit], hit


def surface_points(shot):
    """World points of the pixels that hit something, on their rays at the rendered depth."""
    height, width = shot.frame.depth.shape
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rays = shot.camera.rays(np.stack([columns, rows], axis=-1).reshape(-1, 2)).reshape(height, width, 3)
    hit = np.isfinite(shot.frame.depth)
    depth = shot.frame.depth[hit].astype(np.float64)
    return shot.pose.apply(rays[hit] * (depth / rays[hit][:, 2])[:, None]), depth


def check_depth(static, shot):
    """Every rendered depth lies on the triangle it names, to 0.1 mm and a hundred thousandth of itself."""
    corners, _ = facets(static, shot)
    points, depth = surface_points(shot)
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    normals = np.cross(b - a, c - a)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    off = np.abs(np.einsum("ij,ij->i", points - a, normals))
    assert (off <= 1e-4 + 1e-5 * depth).all(), off.max()
    # ... and within the triangle: its three signed heights, metres, are not negative
    for start, end in ((a, b), (b, c), (c, a)):
        inward = np.cross(normals, end - start)
        inward /= np.linalg.norm(inward, axis=1, keepdims=True)
        assert (np.einsum("ij,ij->i", points - start, inward) >= -(2e-4 + 5e-5 * depth)).all()
