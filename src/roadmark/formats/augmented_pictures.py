"""Pictures of an augmented clip with its source's labels: which belong to a frame, and which of them are hidden."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.clip import AugmentedClip, Clip
from roadmark.errors import InputError
from roadmark.files import has_file
from roadmark.media import read_video, video_info
from roadmark.verify import Verification, read_verification, verification_file


def is_rejected(augmented: Path) -> bool:
    """Whether verification found that an augmented clip does not show what its labels say.

    Raises:
        InputError: It is no augmented clip.
        FormatError: Its record or its verification is malformed.
    """
    found = AugmentedClip.open(augmented)
    if has_file(verification_file(found.video)):
        return read_verification(found.video).verdict == "reject"
    return found.record.verdict == "reject"


class AugmentedPictures:
    """The frames of an augmented video, decoded when asked for, in ascending order at best.

    Args:
        augmented: Folder of the augmented clip.
        source: Folder of the clip whose labels it has; as its record says where None.

    Attributes:
        clip: The source clip.
        source_frames: Source frame of every frame of the video.

    Raises:
        InputError: Something is missing, or the video does not fit the clip.
        FormatError: Something is malformed.
    """

    def __init__(self, augmented: Path, source: Path | None = None) -> None:
        found = AugmentedClip.open(augmented)
        self.clip: Clip = found.source(source)
        self.video = found.video
        info = video_info(self.video)
        self.fps = info.fps
        frames = found.record.frame_map
        self.source_frames = tuple(range(info.frames)) if frames is None else frames
        if len(self.source_frames) != info.frames:
            raise InputError(f"{self.video}: has {info.frames} frames, its record maps {len(self.source_frames)}")
        if not all(0 <= frame < len(self.clip) for frame in self.source_frames):
            raise InputError(f"{self.video}: shows frames that its source clip does not have ({len(self.clip)} frames)")
        self._decoded: Iterator[NDArray[np.uint8]] = iter(())
        self._next = info.frames

    @cached_property
    def verification(self) -> Verification | None:
        """What `roadmark verify` found out about it; None where nobody asked.

        Raises:
            InputError: It was found out about another source clip.
            FormatError: The file is malformed.
        """
        if not has_file(verification_file(self.video)):
            return None
        verification = read_verification(self.video)
        if verification.source_digest != self.clip.digest:
            raise InputError(f"{verification_file(self.video)}: is about another source clip; run roadmark verify")
        return verification

    def hides(self, actor: int, number: int) -> bool:
        """Whether an actor cannot be told from its surroundings in a frame of the video."""
        return self.verification is not None and self.source_frames[number] in self._invisible.get(actor, ())

    def rgb(self, number: int) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 frame of the video in the size of the clip's images, so that the labels hold.

        Raises:
            FormatError: The video is damaged.
        """
        if number < self._next:
            self._decoded, self._next = read_video(self.video), 0
        picture = None
        while self._next <= number:
            picture = next(self._decoded, None)
            self._next += 1
        if picture is None:
            raise InputError(f"{self.video}: has no frame {number}")
        if picture.shape[1::-1] != self.clip.size:
            picture = np.asarray(cv2.resize(picture, self.clip.size, interpolation=cv2.INTER_AREA), np.uint8)
        return picture

    @cached_property
    def _invisible(self) -> dict[int, frozenset[int]]:
        if self.verification is None:
            return {}
        return {actor: frozenset(frames) for actor, frames in self.verification.invisible.items()}
