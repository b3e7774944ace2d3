"""Street networks from OpenStreetMap into OpenDRIVE: CARLA's offline converter, or SUMO's netconvert.

Both are C++ programs that end with the process when they meet what they cannot read, so each runs in one of its own;
and both see only what `streets` wrote.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from roadmark.errors import ConfigError, FormatError, InputError, MissingExtraError
from roadmark.files import read_bounded
from roadmark.twins.streets import CLASSES

LANE_WIDTH: Final = 3.35
"""Metres; CARLA's default."""
SIDEWALK_WIDTH: Final = 2.8
"""Metres; fixed in CARLA's converter."""
TIMEOUT: Final = 900.0
"""Seconds; a district takes one."""
MAX_MAP_BYTES: Final = 512 * 1024 * 1024
_CARLA_PROGRAM = """
import sys
import carla
streets, output, projection, lane_width, ways = sys.argv[1:]
settings = carla.Osm2OdrSettings()
settings.proj_string = projection
settings.center_map = False
settings.use_offsets = False
settings.default_lane_width = float(lane_width)
settings.generate_traffic_lights = False
settings.all_junctions_with_traffic_lights = False
settings.set_osm_way_types(ways.split(","))
with open(streets, encoding="utf-8") as stream:
    text = stream.read()
with open(output, "w", encoding="utf-8") as stream:
    stream.write(carla.Osm2Odr.convert(text, settings))
"""


@dataclass(frozen=True)
class Converter:
    """A program that turns streets into OpenDRIVE.

    Attributes:
        name: What `--converter` calls it.
        extra: The extra that brings it.
        package: What that extra installs.
        available: Whether it is installed.
        command: Its command line for (streets, output, projection).
    """

    name: str
    extra: str
    package: str
    available: Callable[[], bool]
    command: Callable[[Path, Path, str], list[str]]

    def convert(self, streets: bytes, projection: str, source: str) -> bytes:
        """Convert streets.

        Args:
            streets: From `street_extract`.
            projection: PROJ string of the plane.
            source: The extract, for errors.

        Raises:
            InputError: The program fails, takes too long or writes nothing.
        """
        with tempfile.TemporaryDirectory(prefix="roadmark-osm-") as folder:
            given, made = Path(folder) / "streets.osm", Path(folder) / "streets.xodr"
            given.write_bytes(streets)
            command = self.command(given, made, projection)
            try:
                done = subprocess.run(  # noqa: S603 - fixed programs, own file names
                    command, capture_output=True, timeout=TIMEOUT, cwd=folder, check=False, stdin=subprocess.DEVNULL
                )
            except subprocess.TimeoutExpired as error:
                raise InputError(f"{source}: {self.name} took more than {TIMEOUT:.0f} s; cut out a part") from error
            except OSError as error:
                raise InputError(f"{source}: cannot run {command[0]}: {error.strerror or error}") from error
            if done.returncode != 0 or not made.is_file():
                said = _last_words(done.stderr) or _last_words(done.stdout) or f"exit code {done.returncode}"
                raise InputError(f"{source}: {self.name} made no map of its streets: {said}")
            try:
                return read_bounded(made, MAX_MAP_BYTES)
            except FormatError as error:
                raise InputError(f"{source}: the map {self.name} made of it is too large; cut out a part") from error


def _last_words(output: bytes) -> str:
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if "proj.db" not in line]
    return "; ".join(line for line in lines if line)[-300:]


def _carla_command(streets: Path, output: Path, projection: str) -> list[str]:
    ways = ",".join(CLASSES)
    return [sys.executable, "-P", "-c", _CARLA_PROGRAM, str(streets), str(output), projection, str(LANE_WIDTH), ways]


def _netconvert() -> str | None:
    """The program: that of the `eclipse-sumo` package, else one on the path."""
    spec = importlib.util.find_spec("sumo")
    for place in [] if spec is None else spec.submodule_search_locations or []:
        found = shutil.which("netconvert", path=str(Path(place) / "bin"))
        if found:
            return found
    return shutil.which("netconvert")


def _sumo_command(streets: Path, output: Path, projection: str) -> list[str]:
    options: Mapping[str, object] = {
        "osm-files": streets,
        "opendrive-output": output,
        "proj": projection,
        "offset.disable-normalization": "true",
        "default.lanewidth": LANE_WIDTH,
        "default.sidewalk-width": SIDEWALK_WIDTH,
        "osm.sidewalks": "true",
        "no-turnarounds": "true",
        "geometry.remove": "true",
        "junctions.join": "true",
        "roundabouts.guess": "true",
        "ramps.guess": "true",
        "tls.guess": "false",
        "precision": 6,
        "xml-validation": "never",
        "no-warnings": "true",
    }
    return [
        _netconvert() or "netconvert",
        *(part for key, value in options.items() for part in (f"--{key}", str(value))),
    ]


CONVERTERS: Final[Mapping[str, Converter]] = {
    "carla": Converter(
        "carla", "carla", "carla", lambda: importlib.util.find_spec("carla") is not None, _carla_command
    ),
    "sumo": Converter("sumo", "sumo", "eclipse-sumo", lambda: _netconvert() is not None, _sumo_command),
}
"""By name, in the order in which `auto` takes them."""


def find_converter(name: str) -> Converter:
    """The converter of a name; `auto` is the first that is installed.

    Raises:
        ConfigError: No such converter.
        MissingExtraError: It, or for `auto` each, is not installed.
    """
    if name == "auto":
        ready = [converter for converter in CONVERTERS.values() if converter.available()]
        if not ready:
            raise MissingExtraError("an OpenStreetMap converter (carla or eclipse-sumo)", "sumo")
        return ready[0]
    if name not in CONVERTERS:
        raise ConfigError(f"--converter {name[:40]!r}: there are auto, {', '.join(CONVERTERS)}")
    converter = CONVERTERS[name]
    if not converter.available():
        raise MissingExtraError(converter.package, converter.extra)
    return converter
