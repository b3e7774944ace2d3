"""What a file to write may be called: a slip of the hand must not replace a recording or a map by something else."""

from __future__ import annotations

from pathlib import Path

from roadmark.errors import ConfigError


def check_ending(option: str, path: Path | None, *endings: str) -> None:
    """The name of a file to write must say what it is.

    Args:
        option: The option that names it.
        path: The file; None, where the option was not given, is right.
        endings: The endings it may have, such as `.json`.

    Raises:
        ConfigError: It has another one.
    """
    if path is not None and path.suffix.lower() not in endings:
        raise ConfigError(f"{option} {path}: the name must end in {' or '.join(endings)}")
