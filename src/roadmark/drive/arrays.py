"""Arrays from outside: `.npy` without pickles, and stacks of pose matrices of which some may be wrong."""

from __future__ import annotations

import ast
import io
import math
import re
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError
from roadmark.geometry import FloatArray

FARTHEST = 1e8
"""Metres: numbers beyond are no places on Earth, and would overflow."""

_NUMBERS = re.compile(r"[<>|=]?(?:[iu][1248]|f[248])")
_LONGEST_HEADER = 10_000  # bytes, numpy's own limit
_MOST_AXES = 8
_ORTHONORMAL = 1e-4  # as `Pose.from_matrix`: single precision


def read_npy(data: bytes, path: Path, field: str) -> FloatArray:
    """Decode a `.npy` file of numbers as float64.

    Args:
        data: The file's bytes.
        path: For messages.
        field: For messages: the member it is.

    Raises:
        FormatError: It holds pickled objects (they are never loaded) or no numbers, or its size is not what it claims.
    """
    try:
        body, shape, fortran, kind = _npy_header(data)
    except (ValueError, TypeError, KeyError, SyntaxError, RecursionError, MemoryError, struct.error) as error:
        message = f"no readable .npy: {type(error).__name__} {str(error)[:100]}"
        raise FormatError(message, path=path, field=field) from None
    if "O" in kind:
        raise FormatError("holds pickled objects, which are never loaded; save plain numbers", path=path, field=field)
    if not _NUMBERS.fullmatch(kind):
        raise FormatError(f"holds {kind[:40]}, not numbers", path=path, field=field)
    dtype = np.dtype(kind)
    size = math.prod(shape) * dtype.itemsize
    if len(body) != size:
        raise FormatError(f"claims {shape} {dtype}, {size} bytes, but holds {len(body)}", path=path, field=field)
    array = np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C")
    with np.errstate(invalid="ignore"):  # a signalling NaN is a NaN
        return np.asarray(array, dtype=np.float64)


def _npy_header(data: bytes) -> tuple[bytes, tuple[int, ...], bool, str]:
    """What follows the header, then shape, order and type as it says.

    Read here, for numpy's own reader allocates what a header claims, and warns of old ones on standard error.
    """
    if data[:6] != b"\x93NUMPY" or data[6:8] not in (b"\x01\x00", b"\x02\x00"):
        raise ValueError("it does not begin as one")
    start, form = (10, "<H") if data[6] == 1 else (12, "<I")
    (length,) = struct.unpack_from(form, data, 8)
    if length > min(_LONGEST_HEADER, len(data) - start):
        raise ValueError(f"its header claims {length} bytes")
    header = ast.literal_eval(data[start : start + length].decode("latin-1").strip())
    shape, kind = header["shape"], header["descr"]
    if not isinstance(shape, tuple) or not all(type(side) is int and 0 <= side < 1 << 40 for side in shape):
        raise ValueError(f"its shape is {str(shape)[:40]}")
    if len(shape) > _MOST_AXES:
        raise ValueError(f"it has {len(shape)} axes")
    return data[start + length :], shape, bool(header["fortran_order"]), str(kind)


def write_npy(array: NDArray[np.generic]) -> bytes:
    """Encode an array as `.npy`."""
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def what_is_no_pose(matrices: FloatArray) -> list[tuple[int, str]]:
    """Index and fault of every matrix of a stack (N, 4, 4) that is no rigid transform up to single precision."""
    rotations = np.nan_to_num(matrices[:, :3, :3], nan=0.0, posinf=0.0, neginf=0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        errors = np.abs(rotations @ rotations.swapaxes(1, 2) - np.eye(3)).max(axis=(1, 2), initial=0.0)
        determinants = np.linalg.det(rotations)
    faults = []
    for index in range(len(matrices)):
        if not np.isfinite(matrices[index]).all():
            faults.append((index, "holds NaN or infinity"))
        elif np.abs(matrices[index]).max() > FARTHEST:
            faults.append((index, f"holds {np.abs(matrices[index]).max():.3g}, which is no place"))
        elif not errors[index] <= _ORTHONORMAL:
            faults.append((index, f"is no rotation: R Rᵀ differs from the identity by {errors[index]:.3g}"))
        elif determinants[index] < 0.0:
            faults.append((index, "mirrors: its determinant is -1"))
        elif not np.allclose(matrices[index, 3], (0.0, 0.0, 0.0, 1.0), rtol=0.0, atol=1e-6):
            faults.append((index, f"has the last row {matrices[index, 3].tolist()}, not 0 0 0 1"))
    return faults
