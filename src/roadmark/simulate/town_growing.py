"""Grows a town in a process of its own, for a `TownWorker`: `python -m roadmark.simulate.town_growing FOLDER`.

It loads what growth needs, waits for a word that the request is in the folder, and leaves the town there. Whatever goes
wrong, its exit status says so, and the other side grows the town itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from roadmark.maps import load_opendrive
from roadmark.simulate.town import grow_town
from roadmark.simulate.town_files import read_request, save_town


def main() -> None:
    """Grow the town requested in the folder that the command line names."""
    folder = Path(sys.argv[1])
    if not sys.stdin.buffer.read(1):  # the other side is gone, or needs no town
        return
    map_file, order = read_request(folder)
    save_town(grow_town(load_opendrive(map_file), order), folder)
    os._exit(0)  # the other side waits for it; freeing a hundred megabytes piece by piece takes a while


if __name__ == "__main__":
    main()
