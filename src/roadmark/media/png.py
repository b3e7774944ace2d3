"""A small PNG writer: fast for the images of a clip, and the same bytes for the same pixels.

General encoders choose a filter per row and search long matches, which pays for photographs. Labels, depths and normals
are regular: one fixed filter per kind of image and a cheap deflate strategy are 1.5 to 3 times faster at about the same
size (`benchmarks/encoding.py` prints the numbers). Palette images (colours for looking at labels) cost no more than the
ids.

Source: PNG specification, third edition (ISO/IEC 15948).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"


class RowFilter(IntEnum):
    """PNG's row filters that vectorise; the value is the filter byte."""

    NONE = 0
    SUB = 1
    UP = 2


@dataclass(frozen=True)
class PngTuning:
    """How one kind of image is compressed.

    Attributes:
        row_filter: The filter of every row.
        strategy: zlib strategy: `Z_RLE` for flat images (only runs are sought), `Z_DEFAULT_STRATEGY` for gradients.
        level: zlib level.
    """

    row_filter: RowFilter
    strategy: int = zlib.Z_RLE
    level: int = 1


FLAT = PngTuning(RowFilter.NONE)
"""Large areas of one value: class ids, palette indices."""
FLAT_WIDE = PngTuning(RowFilter.UP)
"""Large areas of one value with more than one byte per pixel (object ids), and thin lines (edges)."""
GRADIENT = PngTuning(RowFilter.UP, zlib.Z_DEFAULT_STRATEGY)
"""Values that change by a constant step from row to row: depth of a plane."""
SMOOTH = PngTuning(RowFilter.SUB)
"""Colours that change little along a row: normals, albedo, pictures with large areas cut out."""

_MEMORY_LEVEL = 8  # the hash table of 9 misses the cache more often: a tenth more time for the same size
_COLOR_GRAY, _COLOR_RGB, _COLOR_PALETTE = 0, 2, 3


def encode_png(
    image: NDArray[np.uint8] | NDArray[np.uint16],
    *,
    palette: NDArray[np.uint8] | None = None,
    tuning: PngTuning | None = None,
) -> bytes:
    """Encode an image without loss.

    Args:
        image: (H, W) uint8 or uint16 gray, (H, W, 3) uint8 RGB, or (H, W) uint8 indices into `palette`.
        palette: (N, 3) uint8 RGB colours, 1 <= N <= 256; every index must be below N. Readers give the colours.
        tuning: How to compress; chosen from the type where it is not given.

    Returns:
        The PNG file.

    Raises:
        ValueError: The array is none of these, or an index has no colour.
    """
    return assemble_png(image, compress_rows(image, tuning), palette=palette)


def compress_rows(image: NDArray[np.uint8] | NDArray[np.uint16], tuning: PngTuning | None = None) -> bytes:
    """Filter and deflate the pixels: the part of `encode_png` that costs, so that two files can share it.

    A class-id image and its colour picture differ only in the palette: compress once, call `assemble_png` twice.
    """
    _check(image)
    tuning = tuning or _default_tuning(image)
    height, width = image.shape[:2]
    samples = image.astype(">u2") if image.dtype == np.uint16 else np.ascontiguousarray(image)
    rows = samples.reshape(height, -1).view(np.uint8)
    filtered = _filter_rows(rows, rows.shape[1] // width, tuning.row_filter)
    deflate = zlib.compressobj(tuning.level, zlib.DEFLATED, zlib.MAX_WBITS, _MEMORY_LEVEL, tuning.strategy)
    return deflate.compress(filtered.data) + deflate.flush()


def assemble_png(
    image: NDArray[np.uint8] | NDArray[np.uint16], rows: bytes, *, palette: NDArray[np.uint8] | None = None
) -> bytes:
    """Put compressed rows of `image` into a PNG file; see `compress_rows` and `encode_png`."""
    height, width = image.shape[:2]
    color = _COLOR_RGB if image.ndim == 3 else _COLOR_GRAY
    chunks = []
    if palette is not None:
        _check_palette(image, palette)
        color = _COLOR_PALETTE
        chunks.append(_chunk(b"PLTE", np.ascontiguousarray(palette).tobytes()))
    header = struct.pack(">IIBBBBB", width, height, 8 * image.dtype.itemsize, color, 0, 0, 0)
    return b"".join([SIGNATURE, _chunk(b"IHDR", header), *chunks, _chunk(b"IDAT", rows), _chunk(b"IEND", b"")])


def _check(image: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    gray = image.ndim == 2 and image.dtype in (np.uint8, np.uint16)
    rgb = image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8
    if not (gray or rgb) or image.size == 0:
        raise ValueError(
            f"a PNG holds (H, W) uint8 or uint16, or (H, W, 3) uint8 pixels, not {image.shape} {image.dtype}"
        )


def _check_palette(image: NDArray[np.uint8] | NDArray[np.uint16], palette: NDArray[np.uint8]) -> None:
    if image.ndim != 2 or image.dtype != np.uint8:
        raise ValueError(f"palette indices are (H, W) uint8, not {image.shape} {image.dtype}")
    if palette.ndim != 2 or palette.shape[1] != 3 or palette.dtype != np.uint8 or not 1 <= len(palette) <= 256:
        raise ValueError(f"a palette is (1..256, 3) uint8, not {palette.shape} {palette.dtype}")
    if len(palette) < 256 and int(image.max()) >= len(palette):
        raise ValueError(f"index {int(image.max())} has no colour in a palette of {len(palette)}")


def _default_tuning(image: NDArray[np.uint8] | NDArray[np.uint16]) -> PngTuning:
    if image.ndim == 3:
        return SMOOTH
    return GRADIENT if image.dtype == np.uint16 else FLAT


def _filter_rows(rows: NDArray[np.uint8], pixel_bytes: int, row_filter: RowFilter) -> NDArray[np.uint8]:
    """(H, 1 + N) filter byte and filtered bytes of every row; differences wrap modulo 256 as the format wants."""
    height, length = rows.shape
    filtered = np.empty((height, length + 1), np.uint8)
    filtered[:, 0] = row_filter
    body = filtered[:, 1:]
    if row_filter is RowFilter.NONE:
        body[:] = rows
    elif row_filter is RowFilter.UP:
        body[0] = rows[0]
        np.subtract(rows[1:], rows[:-1], out=body[1:])
    else:
        body[:, :pixel_bytes] = rows[:, :pixel_bytes]
        np.subtract(rows[:, pixel_bytes:], rows[:, :-pixel_bytes], out=body[:, pixel_bytes:])
    return filtered


def _chunk(name: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(data, zlib.crc32(name))
    return b"".join([struct.pack(">I", len(data)), name, data, struct.pack(">I", crc)])
