"""Control videos: one canonical picture per modality, from the clip's own videos or from its label images.

edge: white Canny edges on black, near-lossless. depth: gray, linear in 1 / depth, near is white, one scale for the
whole clip, near-lossless. seg: the colours of the CityScapes palette. vis: none, services blur the picture themselves.
A mask is white where a control binds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from roadmark.augment.transfer.protocol import Control, ControlInput
from roadmark.catalog import PALETTE
from roadmark.clip import Clip, ClipFrame, edge_image
from roadmark.errors import ConfigError, InputError
from roadmark.files import atomic_file, has_file
from roadmark.media import (
    CONTROL,
    LABELS,
    VideoStyle,
    VideoWriter,
    encode_depth,
    inverse_depth_table,
    suggested_near,
)

CONTROL_VIDEOS: dict[Control, str] = {"edge": "edges", "depth": "depth", "seg": "semantic_segmentation"}
"""The clip's video of every control that has one."""

_STYLES: dict[Control, VideoStyle] = {"edge": CONTROL, "depth": CONTROL, "seg": LABELS}
_FOLDERS: dict[Control, str] = {"edge": "rgb", "depth": "depth", "seg": "semantic_segmentation_raw"}

Gray = NDArray[np.uint8]


def clip_controls(
    clip: Clip, weights: Mapping[Control, float], folder: Path, mask_actors: Iterable[int] = ()
) -> dict[Control, ControlInput]:
    """The controls of a transfer of a clip.

    Args:
        clip: The source.
        weights: How strongly each wanted control binds, 0..1; "vis" needs no video.
        folder: Where videos that the clip lacks are made; what is there already is used.
        mask_actors: Actors to whose pixels every control is limited; none binds everywhere.

    Raises:
        InputError: The clip has neither the video nor the images of a modality, or never shows the actors; the message
            names the modality and the file.
        ConfigError: A modality that no service has.
        OutputError: A video cannot be made.
    """
    actors = frozenset(mask_actors)
    mask = actor_mask(clip, actors, folder) if actors else None
    return {name: ControlInput(control_video(clip, name, folder), weight, mask) for name, weight in weights.items()}


def control_video(clip: Clip, control: Control, folder: Path) -> Path | None:
    """The clip's video of a control, made from its label images where the clip holds none; None for "vis".

    Raises:
        InputError: The clip has neither; the message names the modality and the file.
        ConfigError: No such control.
    """
    if control == "vis":
        return None
    if control not in CONTROL_VIDEOS:
        raise ConfigError(f"unknown control {control!r}; known: edge, vis, depth, seg")
    name = CONTROL_VIDEOS[control]
    if name in clip.manifest.videos:
        path = clip.video(name)
        if not has_file(path):
            raise InputError(f"{path}: the video of the {control} control is missing; restore it or simulate again")
        return path
    if _FOLDERS[control] not in clip.manifest.folders:
        raise InputError(
            f"{clip.path}: the {control} control needs videos/{name}.mp4 or the images {_FOLDERS[control]}/, "
            "and the clip has neither; simulate it with that modality, or leave the control out"
        )
    return _made(clip, folder, name, _STYLES[control], lambda: _pictures(clip, control))


def actor_mask(clip: Clip, actors: frozenset[int], folder: Path) -> Path:
    """A video that is white on some actors' pixels: where a control shall bind.

    Args:
        clip: The source.
        actors: Ids of actors.
        folder: Where the video is made.

    Raises:
        InputError: The clip holds no actor ids, or never shows any of the actors.
        OutputError: The video cannot be written.
    """
    wanted = np.array(sorted(actors), np.int64)

    def masks() -> Iterator[Gray]:
        seen = False
        for frame in clip:
            mask = np.isin(frame.actor_ids(), wanted)
            seen = seen or bool(mask.any())
            yield mask.astype(np.uint8) * np.uint8(255)
        if not seen:
            named = ", ".join(str(actor) for actor in wanted)
            raise InputError(f"{clip.path}: shows none of the actors {named} in any frame; no mask can be made of them")

    return _made(clip, folder, f"mask-{'-'.join(map(str, sorted(actors)))}", CONTROL, masks)


def depth_near(clip: Clip) -> float:
    """Metres shown white in the clip's depth video: its own scale, or the one made for its first frame."""
    return clip.manifest.depth.video_near or suggested_near(clip[0].depth())


def _pictures(clip: Clip, control: Control) -> Iterator[NDArray[np.uint8]]:
    if control == "edge":
        yield from (_edges(frame) for frame in clip)
    elif control == "depth":
        table = inverse_depth_table(depth_near(clip))
        yield from (table[encode_depth(frame.depth())] for frame in clip)
    else:
        yield from (PALETTE[frame.semantic()] for frame in clip)


def _edges(frame: ClipFrame) -> Gray:
    if "edges" in frame.clip.manifest.folders:
        return frame.edges().astype(np.uint8) * np.uint8(255)
    return edge_image(frame.rgb())


def _made(
    clip: Clip, folder: Path, name: str, style: VideoStyle, frames: Callable[[], Iterable[NDArray[np.uint8]]]
) -> Path:
    """The video of that name made of this very clip, which may be there already."""
    path = folder / f"{name}-{clip.digest[:12]}.mp4"
    if not has_file(path):
        with atomic_file(path) as partial, VideoWriter(partial, *clip.size, clip.fps, style=style) as video:
            for frame in frames():
                video.write(frame)
    return path
