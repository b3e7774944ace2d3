"""What the labels say of one frame, read when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from roadmark.clip import ClipFrame, ObjectLabel
from roadmark.geometry import Pose


class FrameTruth:
    """Ground truth of one source frame.

    Args:
        frame: The frame.
    """

    def __init__(self, frame: ClipFrame) -> None:
        self.frame = frame

    def load(self) -> None:
        """Read what every frame is judged by now, not when it is first asked for."""
        _ = self.depth, self.semantic, self.instance, self.objects

    @property
    def index(self) -> int:
        """The frame's number."""
        return self.frame.index

    @property
    def pose(self) -> Pose:
        """world_from_camera."""
        return self.frame.pose

    @cached_property
    def depth(self) -> NDArray[np.float32]:
        """(H, W) metres, inf where nothing was hit."""
        return self.frame.depth()

    @cached_property
    def semantic(self) -> NDArray[np.uint8]:
        """(H, W) class ids."""
        return self.frame.semantic()

    @cached_property
    def instance(self) -> NDArray[np.uint16]:
        """(H, W) stored ids."""
        return self.frame.instance()

    @cached_property
    def up(self) -> NDArray[np.float32]:
        """(H, W) upward component of the surfaces' normals, NaN where nothing was hit or the clip has no normals."""
        if "normals" not in self.frame.clip.manifest.folders:
            return np.full(self.semantic.shape, np.nan, np.float32)
        return np.ascontiguousarray(self.frame.normals()[..., 2])

    @cached_property
    def objects(self) -> Sequence[ObjectLabel]:
        """Labelled objects."""
        return self.frame.labels().objects

    @cached_property
    def boundaries(self) -> NDArray[np.bool_]:
        """(H, W) pixels that touch one of another class or another actor."""
        semantic, instance = self.semantic, self.instance
        across = (semantic[:, 1:] != semantic[:, :-1]) | (instance[:, 1:] != instance[:, :-1])
        down = (semantic[1:] != semantic[:-1]) | (instance[1:] != instance[:-1])
        found = np.zeros(semantic.shape, np.bool_)
        found[:, 1:] |= across
        found[:, :-1] |= across
        found[1:] |= down
        found[:-1] |= down
        return found

    @property
    def shows_actors(self) -> bool:
        """Whether instance images hold actors' ids; adopted clips' do not."""
        return self.frame.clip.manifest.instance_encoding == "actor-id"

    def stored_id(self, actor_id: int) -> int:
        """An actor's id in the instance image."""
        return self._stored.get(actor_id, actor_id)

    @cached_property
    def _stored(self) -> dict[int, int]:
        return {actor: stored for stored, actor in self.frame.clip.changed_ids.items()}
