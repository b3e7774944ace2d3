"""SUMO's programs and its client library, where the extra `sumo` is installed."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from roadmark.errors import InputError, MissingExtraError

TIMEOUT: Final = 600.0
"""Seconds that netconvert may take."""


def _home() -> Path | None:
    spec = importlib.util.find_spec("sumo")
    for place in [] if spec is None else spec.submodule_search_locations or []:
        if (Path(place) / "bin").is_dir():
            return Path(place)
    return Path(os.environ["SUMO_HOME"]) if os.environ.get("SUMO_HOME") else None


def program(name: str) -> str:
    """The path of a program of SUMO's: that of the `eclipse-sumo` package, else one on the path.

    Raises:
        MissingExtraError: It is not installed.
    """
    home = _home()
    found = (shutil.which(name, path=str(home / "bin")) if home is not None else None) or shutil.which(name)
    if found is None:
        raise MissingExtraError("eclipse-sumo", "sumo")
    return found


def traci() -> Any:
    """The client library, which comes with the programs.

    Raises:
        MissingExtraError: It is not installed.
    """
    home = _home()
    tools = None if home is None else str(home / "tools")
    if importlib.util.find_spec("traci") is None and tools is not None and tools not in sys.path:
        sys.path.append(tools)
    try:
        return importlib.import_module("traci")
    except ImportError:
        raise MissingExtraError("eclipse-sumo", "sumo") from None


def run_netconvert(arguments: Sequence[str], source: Path) -> None:
    """Run netconvert.

    Raises:
        InputError: It fails; says with what words.
    """
    command = [program("netconvert"), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{source}: SUMO's netconvert took more than {TIMEOUT:.0f} s") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()[-300:]
        raise InputError(f"{source}: SUMO's netconvert made no network of it: {said}")
