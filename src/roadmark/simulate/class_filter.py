"""The class filter: which semantic classes masks and masked edges keep.

The recipe names the classes by their palette colours, as BGR triples, under `canny_classes`.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field

from roadmark.catalog import PALETTE
from roadmark.config import Settings, load_mapping, validate
from roadmark.errors import ConfigError
from roadmark.files import input_errors

Channel = Annotated[int, Field(ge=0, le=255)]
Bgr = tuple[Channel, Channel, Channel]

PACKAGED_NAME = "filter_semantic_classes.yaml"


class ClassFilterFile(Settings):
    """The file: lists of palette colours as BGR triples."""

    canny_classes: tuple[Bgr, ...] | None = None
    """Classes that edges and masks keep."""
    shaded_segmentation_classes: tuple[Bgr, ...] | None = None
    """Classes a shaded segmentation keeps; accepted as the recipe's files have it."""


def packaged_filter() -> Path:
    """The filter that ships with Roadmark: the recipe's choice of classes."""
    return Path(str(resources.files("roadmark.simulate") / PACKAGED_NAME))


def load_class_filter(path: Path) -> npt.NDArray[np.bool_]:
    """Read a class filter.

    Args:
        path: The YAML file.

    Returns:
        (29,) bool: which semantic class ids are kept.

    Raises:
        ConfigError: The file is wrong, keeps nothing, or a colour belongs to no class.
    """
    document: Any = load_mapping(path)
    parsed = validate(ClassFilterFile, document, str(path))
    colours = parsed.canny_classes if parsed.canny_classes is not None else parsed.shaded_segmentation_classes
    if not colours:
        raise ConfigError(f"{path}: canny_classes lists no colour; list the BGR palette colours of the classes to keep")
    by_colour = {tuple(int(c) for c in rgb[::-1]): index for index, rgb in reversed(list(enumerate(PALETTE)))}
    keep = np.zeros(len(PALETTE), dtype=np.bool_)
    for position, bgr in enumerate(colours):
        if bgr not in by_colour:
            raise ConfigError(f"{path}: canny_classes[{position}] = {list(bgr)} is no palette colour (BGR order)")
        keep[by_colour[bgr]] = True
    return keep


def find_class_filter(configured: Path | None, beside: Path | None) -> tuple[Path, str | None]:
    """Find the class filter a configuration names.

    Args:
        configured: The path given, or none.
        beside: The file that named it; a relative path is looked up beside it too.

    Returns:
        The file to read, and a note for the user where the packaged one stands in.

    Raises:
        ConfigError: A path that is not the recipe's own relative one does not exist.
    """
    if configured is None:
        return packaged_filter(), None
    candidates = [configured]
    if beside is not None and not configured.is_absolute():
        candidates.append(beside.parent / configured)
    for candidate in candidates:
        with input_errors(candidate):
            if candidate.is_file():
                return candidate, None
    if configured.name == PACKAGED_NAME and not configured.is_absolute():
        return packaged_filter(), f"class filter {configured} is not here; using the one that ships with Roadmark"
    raise ConfigError(f"class_filter_config = {configured}: no such file; check the path or leave it out")
