"""Blueprint registration numbers as seen in real recordings, for logs that a real server shall replay.

A server finds a blueprint by its 1-based registration number (`uid`), not by its name, and gives no list of them; these
were the same in recordings of CARLA 0.9.10 to 0.9.15 wherever a blueprint occurs in several. Servers with added or
removed blueprints number differently.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from roadmark.config import UserSettings, load_mapping, validate
from roadmark.files import write_atomically

UNCALIBRATED_UID = 1
"""What an unknown blueprint gets: inside the range a server accepts, but not known to be right."""

KNOWN_UIDS: dict[str, int] = {
    "vehicle.audi.a2": 1,
    "vehicle.audi.tt": 2,
    "vehicle.micro.microlino": 4,
    "vehicle.dodge.charger_police": 8,
    "vehicle.nissan.micra": 12,
    "vehicle.nissan.patrol": 13,
    "vehicle.toyota.prius": 15,
    "vehicle.bh.crossbike": 19,
    "vehicle.gazelle.omafiets": 20,
    "vehicle.diamondback.century": 21,
    "vehicle.audi.etron": 22,
    "vehicle.tesla.model3": 24,
    "vehicle.lincoln.mkz_2017": 26,
    "vehicle.lincoln.mkz_2020": 28,
    "vehicle.dodge.charger_2020": 30,
    "vehicle.dodge.charger_police_2020": 31,
    "vehicle.ford.crown": 38,
    "vehicle.volkswagen.t2_2021": 39,
    "vehicle.mitsubishi.fusorosa": 40,
}


MAX_UIDS = 100_000
"""Most blueprints a server registers: CARLA 0.9.16 has about 230."""


def read_uids(path: Path) -> dict[str, int]:
    """Read a calibration file: `{"format": "roadmark-uids", "version": 1, "server": ..., "uids": {blueprint: number}}`.

    Raises:
        ConfigError: It is missing, malformed, or a number is none that a server gives.
    """
    return dict(validate(_UidFile, load_mapping(path), str(path)).uids)


def write_uids(path: Path, uids: Mapping[str, int], server: str) -> None:
    """Write a calibration file.

    Args:
        path: The file.
        uids: Registration numbers by blueprint id.
        server: The server's version.

    Raises:
        OutputError: It cannot be written.
    """
    document = {"format": "roadmark-uids", "version": 1, "server": server, "uids": dict(sorted(uids.items()))}
    write_atomically(path, json.dumps(document, indent=1) + "\n")


class _UidFile(UserSettings):
    format: Literal["roadmark-uids"]
    version: Literal[1]
    server: str = ""
    uids: dict[str, Annotated[int, Field(ge=1, lt=2**32)]] = Field(max_length=MAX_UIDS)


def blueprint_uid(blueprint_id: str, calibrated: Mapping[str, int] | None = None) -> tuple[int, bool]:
    """The registration number of a blueprint and whether it is known.

    Args:
        blueprint_id: Such as ``vehicle.tesla.model3``.
        calibrated: The numbers of the server that shall replay the log; where given, nothing else counts as known.

    Returns:
        The number and True; for the spectator and traffic lights and signs 0 and True; else `UNCALIBRATED_UID` and
        False.
    """
    if blueprint_id == "spectator" or blueprint_id.startswith("traffic."):
        return 0, True
    uid = (KNOWN_UIDS if calibrated is None else calibrated).get(blueprint_id)
    return (uid, True) if uid is not None else (UNCALIBRATED_UID, False)
