"""Images that kernels write, and the memory between their passes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.render.bounds import ALL_BOUNDS
from roadmark.render.hits import BLOCK, SIDE
from roadmark.render.trace import UNLIT, FrameImages, HitBuffers

IMAGE_BYTES, BUFFER_BYTES, UNLIT_BYTES = 14, 41, 4 * UNLIT
"""Per pixel, of a still camera: its images, its hits, and what its lamps shine on."""


@dataclass(eq=False)
class Buffers:
    """Memory of one image size that is used again from frame to frame."""

    hits: HitBuffers
    edges: NDArray[np.int32]
    edge_counts: NDArray[np.int32]
    every_block: NDArray[np.uint8]
    no_bounds: NDArray[np.float32]

    @classmethod
    def of_size(cls, width: int, height: int) -> Buffers:
        """Memory for images of a size; `HitBuffers.unlit` is not there yet."""
        rows, across = -(-height // SIDE), -(-width // SIDE)
        hits = HitBuffers(
            marks=np.empty((rows * across, 2 * BLOCK), np.int32),
            hits=np.empty((rows * across, 5, BLOCK), np.float32),
            keys=np.empty((height, width), np.uint32),
            shape=np.empty((3, height, width), np.int8),
            occlusion=np.empty((height, width), np.uint8),
            openness=np.empty((height, width), np.uint8),
            unlit=np.empty((1, UNLIT, BLOCK), np.float32),
        )
        return cls(
            hits,
            np.empty((rows, SIDE * width), np.int32),
            np.empty(rows, np.int32),
            np.ones(rows * across, np.uint8),
            np.empty((1, ALL_BOUNDS), np.float32),
        )

    def keep_unlit(self) -> None:
        """Make room for what lamps shine on."""
        if len(self.hits.unlit) < len(self.every_block):
            self.hits = self.hits._replace(unlit=np.empty((len(self.every_block), UNLIT, BLOCK), np.float32))

    def new_bounds(self) -> NDArray[np.float32]:
        """(blocks, 24) memory for what each block shows, see `bounds`."""
        return np.empty((len(self.every_block), ALL_BOUNDS), np.float32)


def new_images(width: int, height: int, albedo: bool) -> FrameImages:
    """Images of a size; that of albedo only where it is wanted."""
    size = (height, width)
    return FrameImages(
        rgb=np.empty((*size, 3), np.uint8),
        depth=np.empty(size, np.float32),
        semantic=np.empty(size, np.uint8),
        instance=np.empty(size, np.uint16),
        normal=np.empty((*size, 3), np.uint8),
        sun_visibility=np.empty(size, np.uint8),
        albedo=np.empty((*size, 3) if albedo else (1, 1, 3), np.uint8),
    )


def raster_from_blocks(values: NDArray[np.int32], width: int, height: int) -> NDArray[np.int32]:
    """(H, W) image of (blocks, 256) values in the order of blocks, tiles and pixels."""
    rows, across = -(-height // SIDE), -(-width // SIDE)
    image = values.reshape(rows, across, 4, 4, 4, 4).transpose(0, 2, 4, 1, 3, 5).reshape(rows * SIDE, across * SIDE)
    return np.ascontiguousarray(image[:height, :width])
