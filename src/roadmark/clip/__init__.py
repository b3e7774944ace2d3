"""The clip on disk: one camera's labelled recording, its layout, manifest, writer and reader."""

from typing import TYPE_CHECKING

from roadmark.clip.adopt import AdoptedCamera, adopt
from roadmark.clip.augmented import (
    AugmentationRecord,
    AugmentedClip,
    ControlRecord,
    find_augmented,
    find_augmented_records,
)
from roadmark.clip.find import find_clips
from roadmark.clip.frames import FrameImages, edge_image, instance_color
from roadmark.clip.ids import STORED_ID_LIMIT, IdMap, map_ids
from roadmark.clip.labels import ClipEvent, CollisionEvent, FrameLabels, ObjectLabel, frames_during
from roadmark.clip.layout import OVERLAYS, Modality, Overlay
from roadmark.clip.manifest import ActorRecord, ClipManifest, read_manifest
from roadmark.clip.options import DEFAULT_MODALITIES, ClipOptions, Provenance, SourceFile
from roadmark.clip.reader import Clip, ClipFrame
from roadmark.clip.staging import check_output
from roadmark.lazy import loaded_when_asked

if TYPE_CHECKING:
    from roadmark.clip.writer import ClipWriter
else:
    __getattr__ = loaded_when_asked(__name__, {"writer": ("ClipWriter",)})

__all__ = [
    "DEFAULT_MODALITIES",
    "OVERLAYS",
    "STORED_ID_LIMIT",
    "ActorRecord",
    "AdoptedCamera",
    "AugmentationRecord",
    "AugmentedClip",
    "Clip",
    "ClipEvent",
    "ClipFrame",
    "ClipManifest",
    "ClipOptions",
    "ClipWriter",
    "CollisionEvent",
    "ControlRecord",
    "FrameImages",
    "FrameLabels",
    "IdMap",
    "Modality",
    "ObjectLabel",
    "Overlay",
    "Provenance",
    "SourceFile",
    "adopt",
    "check_output",
    "edge_image",
    "find_augmented",
    "find_augmented_records",
    "find_clips",
    "frames_during",
    "instance_color",
    "map_ids",
    "read_manifest",
]
