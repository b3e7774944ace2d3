"""Object masks: tight boxes, polygons and COCO run lengths of an instance image.

Every box is [xmin, ymin, xmax, ymax], inclusive whole pixels. Functions work on an object's own rectangle, so their
cost follows the objects' size, not the image's.

Source of the run-length form: the COCO API's `maskApi.c` (column-major runs, compressed string).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError

Box2D = tuple[int, int, int, int]
MaskArray = NDArray[np.bool_]

_MAX_DECODED_PIXELS = 1 << 28


@dataclass(frozen=True, eq=False)
class InstanceRegions:
    """Where each id of an instance image is.

    Attributes:
        ids: (N,) ids present, ascending, without 0.
        boxes: (N, 4) int xmin, ymin, xmax, ymax, inclusive.
        pixels: (N,) number of pixels.
    """

    ids: NDArray[np.int64]
    boxes: NDArray[np.int64]
    pixels: NDArray[np.int64]

    def box(self, object_id: int) -> Box2D | None:
        """Tight box of an id; None where it has no pixel."""
        row = int(np.searchsorted(self.ids, object_id))
        if row == len(self.ids) or self.ids[row] != object_id:
            return None
        xmin, ymin, xmax, ymax = (int(value) for value in self.boxes[row])
        return xmin, ymin, xmax, ymax


def instance_regions(instance: NDArray[np.uint16]) -> InstanceRegions:
    """Find every id's tight box and pixel count in an instance image (H, W), by its runs along rows."""
    width = instance.shape[1]
    flat = np.ascontiguousarray(instance).reshape(-1)
    breaks = np.empty(flat.size, np.bool_)
    np.not_equal(flat[1:], flat[:-1], out=breaks[1:])
    breaks[::width] = True
    starts = np.flatnonzero(breaks)
    lengths = np.diff(starts, append=flat.size)
    values = flat[starts]
    labelled = values != 0
    starts, lengths, values = starts[labelled], lengths[labelled], values[labelled]
    if not starts.size:
        none = np.zeros(0, np.int64)
        return InstanceRegions(none, np.zeros((0, 4), np.int64), none)
    order = np.argsort(values, kind="stable")  # stable keeps rows ascending within an id
    starts, lengths, values = starts[order], lengths[order], values[order]
    first = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    last = np.append(first[1:], len(values)) - 1
    rows, left = np.divmod(starts, width)
    right = left + lengths - 1
    edges = [np.minimum.reduceat(left, first), rows[first], np.maximum.reduceat(right, first), rows[last]]
    return InstanceRegions(values[first].astype(np.int64), np.stack(edges, axis=1), np.add.reduceat(lengths, first))


def object_mask(instance: NDArray[np.uint16], object_id: int, box: Box2D) -> MaskArray:
    """(h, w) which pixels of the box, both ends inclusive, belong to an id."""
    xmin, ymin, xmax, ymax = box
    return np.asarray(instance[ymin : ymax + 1, xmin : xmax + 1] == object_id)


def tight_box(mask: MaskArray, origin: tuple[int, int] = (0, 0)) -> Box2D | None:
    """Tight box of a mask (h, w) whose top-left pixel is `origin` (x, y) of the image; None where it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    x, y = origin
    return x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]), y + int(rows[-1])


def mask_polygons(mask: MaskArray, origin: tuple[int, int] = (0, 0)) -> list[list[int]]:
    """Outer polygons of a mask, one per connected part.

    Args:
        mask: (h, w).
        origin: Image pixel (x, y) of the mask's top-left pixel.

    Returns:
        Lists x1, y1, x2, y2, ... of whole pixel coordinates on the border; at least 3 points each (a part too thin for
        a polygon gives the corners of its rectangle). Holes are not in polygons: the run lengths have them.
    """
    contours, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(int(origin[0]), int(origin[1]))
    )
    polygons = []
    for contour in contours:
        points = contour.reshape(-1, 2)
        if len(points) < 3:
            points = points[[0, -1, -1, 0]]
        polygons.append([int(value) for value in points.reshape(-1)])
    return polygons


def encode_rle(mask: MaskArray, origin: tuple[int, int], image_size: tuple[int, int]) -> dict[str, object]:
    """COCO run lengths of a mask, holes included.

    Args:
        mask: (h, w), a part of the image.
        origin: Image pixel (x, y) of the mask's top-left pixel.
        image_size: (width, height) of the whole image.

    Returns:
        ``{"size": [height, width], "counts": <compressed string>}`` of the whole image, as COCO's tools read it.
    """
    width, height = image_size
    h, w = mask.shape
    x0, y0 = origin
    if x0 < 0 or y0 < 0 or x0 + w > width or y0 + h > height:
        raise ValueError(f"a {w} x {h} mask at {origin} reaches out of a {width} x {height} image")
    columns = np.zeros((w, h + 1), np.uint8)  # a zero after every column, and one before the first, part the columns
    columns[:, :-1] = cv2.transpose(mask.astype(np.uint8))
    flat = np.concatenate([np.zeros(1, np.uint8), columns.reshape(-1)])
    column, row = np.divmod(np.flatnonzero(flat[1:] != flat[:-1]), h + 1)
    places = (x0 + column) * height + y0 + row
    # A run that ends at the bottom continues at the top of the next column: end and start coincide and cancel.
    repeated = places[1:] == places[:-1]
    keep = np.ones(len(places), np.bool_)
    keep[1:][repeated] = False
    keep[:-1][repeated] = False
    counts = np.diff(places[keep], prepend=0, append=width * height)
    if len(counts) > 1 and counts[-1] == 0:
        counts = counts[:-1]
    return {"size": [height, width], "counts": _compress(counts)}


def decode_rle(rle: dict[str, object]) -> MaskArray:
    """The mask (H, W) of COCO run lengths, compressed or as a list.

    Raises:
        FormatError: The runs do not fill the size, or the size is none.
    """
    size, counts = rle.get("size"), rle.get("counts")
    if not (isinstance(size, list) and len(size) == 2 and all(isinstance(side, int) and side > 0 for side in size)):
        raise FormatError(f"run lengths need a size [height, width], not {size!r}", field="size")
    height, width = size
    if height * width > _MAX_DECODED_PIXELS:
        raise FormatError(f"{height} x {width} pixels are more than is read", field="size")
    if isinstance(counts, str):
        runs = _decompress(counts)
    elif isinstance(counts, list) and all(isinstance(count, int) and count >= 0 for count in counts):
        runs = counts
    else:
        raise FormatError("run lengths need counts: a compressed string or a list of numbers", field="counts")
    if min(runs, default=0) < 0 or sum(runs) != height * width:
        raise FormatError(f"the runs cover {sum(runs)} pixels, not {height} x {width}", field="counts")
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def _compress(counts: NDArray[np.int64]) -> str:
    """COCO's string: each run (from the third on its difference to the last but one) in base 32, low digits first."""
    values = counts.astype(np.int64)
    values[3:] -= counts[1:-2]
    digits: list[NDArray[np.int64]] = []
    more: list[MaskArray] = []
    active = np.ones(len(values), np.bool_)
    while active.any():
        low = values & 0x1F
        values = values >> 5
        done = np.where(low & 0x10, values == -1, values == 0)
        digits.append(np.where(active, low | np.where(done, 0, 0x20), -1))
        more.append(active)
        active = active & ~done
    table = np.stack(digits, axis=1)
    return (table[np.stack(more, axis=1)] + 48).astype(np.uint8).tobytes().decode("ascii")


def _decompress(text: str) -> list[int]:
    counts: list[int] = []
    value = shift = 0
    for character in text:
        digit = ord(character) - 48
        if not 0 <= digit < 64 or shift > 40:
            raise FormatError(f"{character!r} does not belong into compressed run lengths", field="counts")
        value |= (digit & 0x1F) << shift
        shift += 5
        if not digit & 0x20:
            if digit & 0x10:
                value -= 1 << shift
            counts.append(value + counts[-2] if len(counts) > 2 else value)
            value = shift = 0
    if shift:
        raise FormatError("compressed run lengths break off in the middle of a number", field="counts")
    return counts
