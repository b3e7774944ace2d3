"""Where a sample's media lie on disk."""

from __future__ import annotations

from pathlib import Path

from roadmark.dataset.sample import Media
from roadmark.errors import InputError
from roadmark.files import has_file, input_errors


def locate_media(root: Path | str, media: Media) -> Path:
    """The file of a sample's medium.

    Args:
        root: The dataset's folder.
        media: Names it relative to that.

    Raises:
        InputError: It is not there, is no regular file, or a link leads out of the folder.
    """
    folder = Path(root)
    path = folder / media.path
    with input_errors(path):
        inside = path.resolve().is_relative_to(folder.resolve())
    if not inside:
        raise InputError(f"{path}: leads out of the dataset")
    if not has_file(path):
        raise InputError(f"{path}: no such file; the dataset is not whole")
    return path
