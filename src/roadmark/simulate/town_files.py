"""How an order and a town pass between two processes of one simulation: as files of a folder of their own."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # slow to load, and only their owners make them
    from roadmark.simulate.town import Town, TownOrder

_REQUEST, _TOWN, _ARRAYS = "request.pickle", "town.pickle", "town.arrays"
_ALIGNMENT = 64  # bytes


def request_of(map_file: Path, order: TownOrder) -> bytes:
    """A request for the town of a map; equal requests are for the same town."""
    return pickle.dumps((map_file.resolve(), order), protocol=5)


def write_request(request: bytes, folder: Path) -> None:
    """Write a request."""
    (folder / _REQUEST).write_bytes(request)


def read_request(folder: Path) -> tuple[Path, TownOrder]:
    """Read the map's file and the order from a folder that nobody else can write to."""
    map_file, order = pickle.loads((folder / _REQUEST).read_bytes())  # noqa: S301 - see above
    return map_file, order


def save_town(town: Town, folder: Path) -> None:
    """Write a town: its arrays as they are in memory, the rest pickled."""
    arrays: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(town, protocol=5, buffer_callback=arrays.append)
    sizes = []
    with (folder / _ARRAYS).open("wb") as file:
        for array in arrays:
            data = array.raw()
            file.write(data)
            file.write(bytes(-data.nbytes % _ALIGNMENT))
            sizes.append(data.nbytes)
    (folder / _TOWN).write_bytes(pickle.dumps((sizes, rest)))


def load_town(folder: Path) -> Town:
    """Read a town from a folder that nobody else can write to.

    Raises:
        OSError: It is not there.
    """
    sizes, rest = pickle.loads((folder / _TOWN).read_bytes())  # noqa: S301 - see above
    data = memoryview((folder / _ARRAYS).read_bytes())
    arrays: list[Any] = []
    start = 0
    for size in sizes:
        arrays.append(data[start : start + size])
        start += size + -size % _ALIGNMENT
    town: Town = pickle.loads(rest, buffers=arrays)  # noqa: S301 - the same
    return town
