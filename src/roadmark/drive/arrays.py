"""Arrays from outside: `.npy` without pickles, and stacks of pose matrices of which some may be wrong."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError
from roadmark.geometry import FloatArray

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
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        if version not in {(1, 0), (2, 0)}:
            raise ValueError(f"version {version}")
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = header(stream)
    except (ValueError, SyntaxError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise FormatError(f"no readable .npy: {str(error)[:200]}", path=path, field=field) from None
    if dtype.hasobject:
        raise FormatError("holds pickled objects, which are never loaded; save plain numbers", path=path, field=field)
    if dtype.kind not in "fiu" or any(side < 0 for side in shape):
        raise FormatError(f"holds {dtype}, not numbers", path=path, field=field)
    body = data[stream.tell() :]
    if len(body) != math.prod(shape) * dtype.itemsize:
        raise FormatError(
            f"claims {shape} {dtype}, {math.prod(shape) * dtype.itemsize} bytes, but holds {len(body)}",
            path=path, field=field,
        )  # fmt: skip
    array = np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C")
    return np.asarray(array, dtype=np.float64)


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
        elif not errors[index] <= _ORTHONORMAL:
            faults.append((index, f"is no rotation: R Rᵀ differs from the identity by {errors[index]:.3g}"))
        elif determinants[index] < 0.0:
            faults.append((index, "mirrors: its determinant is -1"))
        elif not np.allclose(matrices[index, 3], (0.0, 0.0, 0.0, 1.0), rtol=0.0, atol=1e-6):
            faults.append((index, f"has the last row {matrices[index, 3].tolist()}, not 0 0 0 1"))
    return faults
