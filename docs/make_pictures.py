"""Makes the pictures of the documentation from real output: nothing is painted by hand.

    ROADMARK_DATA=... python docs/make_pictures.py [NAME ...] [--scale 0.5] [--quality draft] [--output FOLDER]

Needs the data folder with `carla/logs/DistanceToLaneCenter.log` and `carla/xodr/Town01.xodr`, `Town10HD.xodr`.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from made_up_place import blocks
from numpy.typing import NDArray
from page_picture import photograph, write_page

from roadmark.augment import clip_sheet, preview, sheet_conditions
from roadmark.catalog import PALETTE, Conditions, VehicleLight, blueprint
from roadmark.clip import Clip, instance_color
from roadmark.generate import write_demo_scenario
from roadmark.geometry import Pose
from roadmark.maps import LaneStrip, RoadMap, load_opendrive
from roadmark.marks import MarkOptions, MarkStyle, mark_video
from roadmark.media import decode_image, encode_jpeg, read_image, read_video
from roadmark.scenario import (
    Actor,
    ActorKind,
    LightTrack,
    Scenario,
    SignalState,
    SignalTrack,
    SpeedTrack,
    Track,
    write_log,
)
from roadmark.simulate import plan_simulation, resolve_settings, run_simulation
from roadmark.twins import surroundings_path, twin_from_osm, write_surroundings

Picture = NDArray[np.uint8]

IMAGES = Path(__file__).parent / "images"
LARGEST_FILE = 400_000
TRAFFIC_FPS, TRAFFIC_SECONDS, TRAFFIC_SPEED, WALKING_SPEED = 20, 1.0, 4.0, 1.3
FIRST_MOVER = 1000
"""Id of the first vehicle; below are the traffic lights."""
GAP, OTHER_SHARE, STRAIGHT, GREEN = 1.5, 0.22, 0.2, 0.7
"""Metres between vehicles; share of other vehicles than cars; radians; cosine of a heading that has green."""
SINCE_CONTACT = 0.05
"""Seconds."""
DEPTH_NEAR = 10.0
"""Metres shown white in the depth pictures."""

PAINTS = (
    (38, 40, 43), (196, 198, 199), (232, 232, 228), (92, 96, 100), (150, 152, 155), (122, 18, 22), (24, 34, 54),
    (58, 76, 62),
)  # fmt: skip
CARS = (
    "audi.a2", "tesla.model3", "toyota.prius", "nissan.patrol_2021", "audi.tt", "mini.cooper_s_2021", "seat.leon",
    "lincoln.mkz_2020", "jeep.wrangler_rubicon", "citroen.c3", "mercedes.coupe_2020", "nissan.micra", "ford.mustang",
    "dodge.charger_2020", "chevrolet.impala", "audi.etron",
)  # fmt: skip
OTHERS = (
    "mitsubishi.fusorosa", "ford.ambulance", "mercedes.sprinter", "ford.crown", "volkswagen.t2_2021",
    "yamaha.yzf", "gazelle.omafiets", "vespa.zx125", "carlamotors.european_hgv", "dodge.charger_police_2020",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """A camera in CARLA's terms: centimetres and degrees."""

    x: float
    y: float
    z: float
    pitch: float
    yaw: float
    fov: float = 90.0


@dataclass(frozen=True)
class Studio:
    """Where pictures come from and how much work goes into them."""

    data: Path
    work: Path
    width: int
    height: int
    quality: str

    def town(self, name: str) -> Path:
        """OpenDRIVE file of a town."""
        return self.data / "carla" / "xodr" / f"{name}.xodr"

    @property
    def recording(self) -> Path:
        """The real recording."""
        return self.data / "carla" / "logs" / "DistanceToLaneCenter.log"

    def shoot(self, view: View, name: str, **options: Any) -> Clip:
        """Simulate one frame."""
        attributes = {"image_size_x": self.width, "image_size_y": self.height, "fov": view.fov}
        transform = {
            "location": {"x": view.x, "y": view.y, "z": view.z},
            "rotation": {"roll": 0, "pitch": view.pitch, "yaw": view.yaw},
        }
        camera = self.work / f"{name}.yaml"
        camera.write_text(
            yaml.safe_dump([{"sensor": "rgb", "attributes": attributes, "transform": transform}]), encoding="utf-8"
        )
        settings, metadata = resolve_settings(
            wf_config=None,
            config=None,
            command_line={
                "camera_config": camera,
                "output_dir": self.work / name,
                "target_fps": 20.0,
                "duration": 0.04,
                "generate_videos": False,
                "quality": self.quality,
                **options,
            },
        )
        (clip,) = run_simulation(plan_simulation(settings, metadata), overwrite=True)
        return Clip.open(clip.path)


Mover = tuple[str, LaneStrip, float, float]
"""Blueprint, lane, metres along it, metres per second."""


def _near(road_map: RoadMap, kind: str, center: NDArray[np.float64], radius: float, shortest: float) -> list[LaneStrip]:
    return [
        strip
        for strip in road_map.strips()
        if strip.type == kind
        and strip.length > shortest
        and np.linalg.norm(strip.center[:, :2] - center, axis=1).min() < radius
    ]


def _along(heading: float) -> bool:
    """Whether traffic of a heading has green: the east-west street has."""
    return abs(math.cos(heading)) > GREEN


def _vehicles(road_map: RoadMap, center: NDArray[np.float64], radius: float, rng: np.random.Generator) -> list[Mover]:
    """Vehicles in their lanes, never in each other; in junctions only those that go straight on and have green."""
    movers: list[Mover] = []
    taken: list[tuple[float, float, float]] = []
    strips = sorted(_near(road_map, "driving", center, radius, 6.0), key=lambda strip: strip.junction is not None)
    for strip in strips:
        at = float(rng.uniform(3.0, 10.0))
        while at < strip.length - 3.0:
            (x, y, _), heading = strip.place_at(at)
            names = OTHERS if rng.random() < OTHER_SHARE else CARS
            name = f"vehicle.{names[int(rng.integers(len(names)))]}"
            half = blueprint(name).half_extents[0]
            turn = abs(math.remainder(strip.place_at(strip.length)[1] - heading, 2.0 * math.pi))
            fits = strip.junction is None or (turn < STRAIGHT and _along(heading))
            clear = all(math.hypot(x - px, y - py) > half + other + GAP for px, py, other in taken)
            if fits and clear and math.hypot(x - center[0], y - center[1]) < radius:
                movers.append((name, strip, at, TRAFFIC_SPEED if _along(heading) else 0.0))
                taken.append((x, y, half))
            at += float(rng.uniform(7.0, 16.0))
    return movers


def write_traffic(path: Path, road_map: RoadMap, center: NDArray[np.float64], radius: float, seed: int) -> None:
    """Write a recording of vehicles, pedestrians and traffic lights around a place.

    Args:
        path: The recording.
        road_map: Where they are.
        center: (2,) metres FLU.
        radius: Metres around it.
        seed: Chooses who drives where.
    """
    rng = np.random.default_rng(seed)
    movers = _vehicles(road_map, center, radius, rng)
    for strip in _near(road_map, "sidewalk", center, radius, 4.0):
        at = float(rng.uniform(1.0, 8.0))
        while at < strip.length:
            movers.append((f"walker.pedestrian.{int(rng.integers(1, 50)):04d}", strip, at, WALKING_SPEED))
            at += float(rng.uniform(5.0, 22.0))
    times = np.arange(round(TRAFFIC_SECONDS * TRAFFIC_FPS) + 1) / TRAFFIC_FPS
    tracks = {number: _track(number, mover, times) for number, mover in enumerate(movers, FIRST_MOVER)}
    walkers = [number for number, (name, *_) in enumerate(movers, FIRST_MOVER) if name.startswith("walker")]
    actors = {number: _actor(tracks[number], name, rng) for number, (name, *_) in enumerate(movers, FIRST_MOVER)}
    signals = {number: signal.pose for number, signal in enumerate(road_map.signals, 1) if signal.dynamic}
    poles = {
        number: Actor(number, ActorKind.TRAFFIC_LIGHT, "traffic.traffic_light", spawn_position=pose.translation)
        for number, pose in signals.items()
    }
    lamps = np.full(len(times), VehicleLight.POSITION | VehicleLight.LOW_BEAM, np.uint32)
    scenario = Scenario(
        map_name=road_map.name,
        times=times,
        source_frames=np.arange(1, len(times) + 1),
        actors=poles | actors,
        tracks=tracks,
        signals={number: _signal(number, pose, times) for number, pose in signals.items()},
        vehicle_lights={number: LightTrack(times, lamps) for number in tracks if number not in walkers},
        walker_speeds={number: SpeedTrack(times, np.full(len(times), WALKING_SPEED)) for number in walkers},
    )
    write_log(scenario, path)


def _track(number: int, mover: Mover, times: NDArray[np.float64]) -> Track:
    name, strip, at, speed = mover
    places, headings = zip(*(strip.place_at(at + speed * time) for time in times.tolist()), strict=True)
    height = blueprint(name).half_extents[2] if name.startswith("walker") else 0.0
    rpy = np.column_stack([np.zeros((len(times), 2)), headings])
    return Track(number, times, np.arange(len(times), dtype=np.int32), np.add(places, (0.0, 0.0, height)), rpy)


def _actor(track: Track, name: str, rng: np.random.Generator) -> Actor:
    paint = PAINTS[int(rng.integers(len(PAINTS)))] if name.removeprefix("vehicle.") in CARS else None
    return Actor(
        track.actor_id,
        ActorKind.WALKER if name.startswith("walker") else ActorKind.VEHICLE,
        name,
        color=None if paint is None else np.array(paint, np.uint8),
        spawn_position=track.positions[0],
        spawn_rpy=track.rpy[0],
    )


def _signal(number: int, pose: Pose, times: NDArray[np.float64]) -> SignalTrack:
    """Green for the traffic that a signal faces where its street has green."""
    green = _along(math.atan2(pose.rotation[1, 0], pose.rotation[0, 0]))
    state = np.full(len(times), SignalState.GREEN if green else SignalState.RED, np.int8)
    return SignalTrack(number, times, state, np.zeros(len(times), np.bool_), np.zeros(len(times)))


def modalities(clip: Clip) -> list[Picture]:
    """Depth, classes, instances and normals of a clip's first frame, as pictures."""
    frame = clip[0]
    with np.errstate(divide="ignore"):
        gray = (255.0 * np.clip(DEPTH_NEAR / frame.depth(), 0.0, 1.0)).astype(np.uint8)
    ids = frame.instance()
    colours = np.array([(0, 0, 0), *(instance_color(index) for index in range(1, int(ids.max()) + 1))], np.uint8)
    normals = np.nan_to_num((frame.normals() + 1.0) * 127.5).astype(np.uint8)
    return [np.repeat(gray[..., None], 3, axis=2), PALETTE[frame.semantic()], colours[ids], normals]


def _half(picture: Picture, factor: int) -> Picture:
    height, width = picture.shape[:2]
    small: Picture = cv2.resize(picture, (width // factor, height // factor), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return small


def _sheet(pictures: list[Picture], columns: int) -> Picture:
    rows = [np.concatenate(pictures[start : start + columns], axis=1) for start in range(0, len(pictures), columns)]
    return np.concatenate(rows, axis=0)


JUNCTION = View(-2500, -500, 700, -12, 137, 70)
"""South-west over a junction of Town10HD."""
JUNCTION_CENTER = np.array([-47.0, -20.0])


def _junction(studio: Studio, name: str, view: View = JUNCTION, **options: Any) -> Clip:
    recording = studio.work / "town10hd.log"
    if not recording.exists():
        write_traffic(recording, load_opendrive(studio.town("Town10HD")), JUNCTION_CENTER, 75.0, seed=8)
    return studio.shoot(view, name, recorder_filename=recording, xodr_path=studio.town("Town10HD"), **options)


def town10hd_junction(studio: Studio) -> Picture:
    """The picture of the README: a junction, and its labels in a strip below."""
    clip = _junction(studio, "junction")
    return np.concatenate([clip[0].rgb(), _sheet([_half(image, 4) for image in modalities(clip)], 4)], axis=0)


def town01_boxes(studio: Studio) -> Picture:
    """The real recording in Town01 from the roadside, 3D boxes drawn on it."""
    clip = studio.shoot(
        View(38500, 22800, 520, -12, -58, 75), "town01", recorder_filename=studio.recording,
        xodr_path=studio.town("Town01"), start_time=7.9, overlays=True,
    )  # fmt: skip
    return _read(clip, "rgb_with_3d_bboxes")


def town01_dash(studio: Studio) -> Picture:
    """The real recording as its own car sees it."""
    clip = studio.shoot(
        View(60, 0, 140, -3, 0, 90), "dash", recorder_filename=studio.recording, xodr_path=studio.town("Town01"),
        start_time=8.5, camera_follow_actor=234,
    )  # fmt: skip
    return clip[0].rgb()


def demo_contact(studio: Studio) -> Picture:
    """The demonstration's scenario at the moment of contact, 2D boxes drawn on it."""
    made = write_demo_scenario(studio.work / "demo", seed=0)
    contact = made.found.draw.plan.focus_time
    clip = studio.shoot(
        _view_of(made.paths.cameras), "contact", recorder_filename=made.paths.recording, xodr_path=made.map_file,
        start_time=contact + SINCE_CONTACT, overlays=True,
    )  # fmt: skip
    return _read(clip, "rgb_with_bboxes")


def marks(studio: Studio) -> Picture:
    """A moment of a junction with numbered boxes, and the same with tinted masks."""
    clip = _junction(studio, "marks", duration=0.1, generate_videos=True)
    shown = []
    for overlay in ("2d", "masks"):
        marked = studio.work / f"marks_{overlay}.mp4"
        options = MarkOptions(text="numbers", area_threshold=400.0, style=MarkStyle(overlay=overlay))
        mark_video(clip.video("rgb"), clip.path / "odvg", marked, options)
        shown.append(next(iter(read_video(marked))))
    return _sheet(shown, columns=1)


def _view_of(camera_file: Path) -> View:
    """The first camera of a file."""
    sensor = yaml.safe_load(camera_file.read_text(encoding="utf-8"))[0]
    place, turn = sensor["transform"]["location"], sensor["transform"]["rotation"]
    return View(place["x"], place["y"], place["z"], turn["pitch"], turn["yaw"], sensor["attributes"]["fov"])


def conditions(studio: Studio) -> Picture:
    """One junction under six skies."""
    skies: list[dict[str, Any]] = [
        {"lighting": "golden_hour"}, {"weather": "overcast"}, {"weather": "fog"},
        {"weather": "raining", "road": "puddles"}, {"weather": "overcast", "road": "snow"}, {"lighting": "night"},
    ]  # fmt: skip
    return _sheet([_half(_junction(studio, f"sky{n}", **sky)[0].rgb(), 2) for n, sky in enumerate(skies)], 2)


def augmented(studio: Studio) -> Picture:
    """One moment of a clip under every condition, as `roadmark augment --sheet` draws it."""
    clip = _junction(studio, "augmented", lighting="mid_morning")
    sheet = decode_image(clip_sheet("rerender", clip, sheet_conditions()), "sheet")
    return np.asarray(cv2.resize(sheet, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA), np.uint8)


def relight(studio: Studio) -> Picture:
    """One picture under eight other conditions, from its ground truth."""
    clip = _junction(studio, "relight", lighting="mid_morning", aov=True)
    wanted = [
        Conditions("overcast"), Conditions("raining", "afternoon", "puddles"),
        Conditions("snow_falling", "mid_morning", "snow"), Conditions("fog"),
        Conditions("clear_sky", "golden_hour"), Conditions("clear_sky", "afternoon", "sand"),
        Conditions("clear_sky", "night"), Conditions("overcast", "afternoon", "flooding"),
    ]  # fmt: skip
    return _sheet([_half(preview("relight", clip, conditions, 0), 2) for conditions in wanted], 2)


def twin_junction(studio: Studio) -> Picture:
    """A digital twin of a made-up extract, and its labels in a strip below."""
    extract, town, recording = studio.work / "place.osm", studio.work / "Place.xodr", studio.work / "place.log"
    extract.write_text(blocks(), encoding="utf-8")
    twin = twin_from_osm(extract, "Place")
    town.write_bytes(twin.opendrive)
    write_surroundings(surroundings_path(town), twin.surroundings)
    write_traffic(recording, twin.road_map, np.zeros(2), 85.0, seed=3)
    view = View(-2900, 2100, 1150, -13, -33, 78)
    clip = studio.shoot(view, "twin", recorder_filename=recording, xodr_path=town, lighting="afternoon")
    return np.concatenate([clip[0].rgb(), _sheet([_half(image, 4) for image in modalities(clip)], 4)], axis=0)


def report_page(studio: Studio) -> Picture:
    """The page of `roadmark report` in a browser."""
    return np.asarray(decode_image(photograph(write_page(studio.work, studio.quality)), "report"), np.uint8)


def _read(clip: Clip, folder: str) -> Picture:
    return np.asarray(read_image(clip[0].file(folder)), dtype=np.uint8)


_SHOWN = (
    town10hd_junction,
    town01_boxes,
    town01_dash,
    demo_contact,
    conditions,
    augmented,
    relight,
    twin_junction,
    marks,
    report_page,
)

PICTURES: dict[str, Callable[[Studio], Picture]] = {function.__name__: function for function in _SHOWN}


def save(picture: Picture, path: Path) -> None:
    """Write a JPEG no larger than the repository wants."""
    for quality in (92, 88, 84, 80, 75, 70, 60):
        data = encode_jpeg(picture, quality)
        if len(data) <= LARGEST_FILE:
            break
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    print(f"{path}: {picture.shape[1]} x {picture.shape[0]}, quality {quality}, {len(data)} bytes", flush=True)


def main() -> None:
    """Make the pictures named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help=", ".join(PICTURES))
    parser.add_argument("--scale", type=float, default=1.0, help="of 1280 x 720")
    parser.add_argument("--quality", default="standard")
    parser.add_argument("--output", type=Path, default=IMAGES)
    arguments = parser.parse_args()
    if not os.environ.get("ROADMARK_DATA"):
        sys.exit("set ROADMARK_DATA to the folder that holds carla/logs and carla/xodr")
    with tempfile.TemporaryDirectory() as work:
        studio = Studio(
            Path(os.environ["ROADMARK_DATA"]), Path(work), round(1280 * arguments.scale), round(720 * arguments.scale),
            arguments.quality,
        )  # fmt: skip
        for name in arguments.names or PICTURES:
            save(PICTURES[name](studio), arguments.output / f"{name}.jpg")


if __name__ == "__main__":
    main()
