"""Blueprint registration numbers as seen in real recordings, for logs that a real server shall replay.

A server finds a blueprint by its 1-based registration number (`uid`), not by its name, and gives no list of them; these
were the same in recordings of CARLA 0.9.10 to 0.9.15 wherever a blueprint occurs in several. Servers with added or
removed blueprints number differently.
"""

from __future__ import annotations

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


def blueprint_uid(blueprint_id: str) -> tuple[int, bool]:
    """The registration number of a blueprint and whether it is known.

    Args:
        blueprint_id: Such as ``vehicle.tesla.model3``.

    Returns:
        The number and True; for the spectator and traffic lights and signs 0 and True; else `UNCALIBRATED_UID` and
        False.
    """
    if blueprint_id == "spectator" or blueprint_id.startswith("traffic."):
        return 0, True
    uid = KNOWN_UIDS.get(blueprint_id)
    return (uid, True) if uid is not None else (UNCALIBRATED_UID, False)
