"""What a clip is to contain, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from roadmark.clip.layout import OVERLAYS, Modality, Overlay
from roadmark.clip.manifest import ActorRecord
from roadmark.errors import ConfigError
from roadmark.media import DepthUnit, VideoCodec

DEFAULT_MODALITIES: frozenset[Modality] = frozenset(
    {"rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals"}
)
DEFAULT_VIDEOS = ("rgb", "depth", "edges", "semantic_segmentation")


@dataclass(frozen=True, eq=False)
class ClipOptions:
    """What is written for every frame.

    Attributes:
        modalities: What every frame has; rgb always.
        depth_unit: Step of depth images.
        depth_is_range: Depth is given along the ray, not along z.
        depth_video_near: Metres shown white in the depth video; None takes a value from the first frame.
        videos: "default" (rgb, depth, edges, semantic_segmentation), "all" that exist, or "none".
        label_codec: Codec of the semantic and instance videos; "rgb" keeps their colours exact.
        class_filter: (C,) bool, which semantic classes masks and masked edges keep.
        masked_edges: Cut the edges to the class filter.
        masks: Write the picture where the class filter keeps it.
        overlays: Pictures with labels drawn on them.
        encode_threads: Threads that compress beside rendering. The bytes do not depend on it.
        overwrite: Replace a clip that is there.

    Raises:
        ConfigError: Options that exclude each other.
    """

    modalities: frozenset[Modality] = DEFAULT_MODALITIES
    depth_unit: DepthUnit = "1/256m"
    depth_is_range: bool = False
    depth_video_near: float | None = None
    videos: Literal["default", "all", "none"] = "default"
    label_codec: VideoCodec = "h264"
    class_filter: NDArray[np.bool_] | None = None
    masked_edges: bool = False
    masks: bool = False
    overlays: tuple[Overlay, ...] = ()
    encode_threads: int = 2
    overwrite: bool = False

    def __post_init__(self) -> None:
        if "rgb" not in self.modalities:
            raise ConfigError("a clip needs the rgb camera; add an rgb sensor")
        if self.masks or self.masked_edges:
            if self.class_filter is None:
                raise ConfigError("masks and masked edges need a class filter")
            if "semantic_segmentation" not in self.modalities:
                raise ConfigError("masks and masked edges need the semantic_segmentation sensor")
        if "rgb_with_masks" in self.overlays and "instance_segmentation" not in self.modalities:
            raise ConfigError("rgb_with_masks needs the instance_segmentation sensor")
        unknown = set(self.overlays) - set(OVERLAYS)
        if unknown:
            raise ConfigError(f"unknown overlay {sorted(unknown)[0]!r}; there are {', '.join(OVERLAYS)}")
        if self.depth_video_near is not None and not 0.0 < self.depth_video_near < np.inf:
            raise ConfigError(f"depth_video_near must be > 0 metres, not {self.depth_video_near}")
        if self.encode_threads < 1:
            raise ConfigError(f"encode_threads must be at least 1, not {self.encode_threads}")

    @property
    def folders(self) -> tuple[str, ...]:
        """Frame folders the clip will have, in a fixed order."""
        names = ["rgb", "edges", "odvg", *self.overlays]
        if "depth" in self.modalities:
            names.append("depth")
        for name in ("semantic_segmentation", "instance_segmentation"):
            if name in self.modalities:
                names += [name, f"{name}_raw"]
        names += [name for name in ("normals", "sun_visibility", "albedo") if name in self.modalities]
        if self.masks:
            names.append("masks")
        return tuple(sorted(names))

    @property
    def video_names(self) -> tuple[str, ...]:
        """Videos the clip will have, in a fixed order."""
        if self.videos == "none":
            return ()
        if self.videos == "default":
            return tuple(name for name in DEFAULT_VIDEOS if name in self.folders)
        without = {"odvg", "sun_visibility", "albedo", "instance_segmentation_raw"}  # a video holds no 16-bit ids
        return tuple(name for name in self.folders if name not in without)


@dataclass(frozen=True)
class SourceFile:
    """An input of the clip: a recording, a map, the render settings.

    Attributes:
        name: File name in `source/`, for example recording.log.
        content: The file, or its bytes.
        stored: Copy it into the clip; otherwise only its hash is kept.
    """

    name: str
    content: Path | bytes
    stored: bool = True


@dataclass(frozen=True)
class Provenance:
    """Where a clip came from; goes into its manifest.

    Attributes:
        camera_name: Name of the camera.
        map_name: Name of the map.
        scenario: Name of the scenario.
        conditions: Weather, lighting, road, seed: JSON values.
        metadata: Unknown keys of the scenario's configuration: JSON values.
        actors: Actors by id.
        sources: Inputs.
        tools: Versions beside Roadmark's own, for example of the tracer.
        notes: Warnings to keep.
    """

    camera_name: str = "camera"
    map_name: str = ""
    scenario: str = ""
    conditions: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    actors: Mapping[int, ActorRecord] = field(default_factory=dict)
    sources: tuple[SourceFile, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
