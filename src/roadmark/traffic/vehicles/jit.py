"""How the engine's functions are compiled, and kept on disk until any file of the engine changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numba
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""An array of a kernel; docstrings name shape and meaning."""

Records: TypeAlias = Any
"""An array of records, whose fields are read and written as attributes; numpy's types do not know that."""

Scalar: TypeAlias = Any
"""A number inside a kernel."""

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a function that creates no arrays: machine code kept on disk, without reference counts."""
    return _compile(function, memory=False)


def kernel_with_memory(function: Function) -> Function:
    """Compile like `kernel`, for functions that create arrays of their own."""
    return _compile(function, memory=True)


def inner_kernel(function: Function) -> Function:
    """Compile like `kernel`, for functions that kernels alone call: Python must not, it has no way in.

    Such ways in are a quarter of the compiler's work.
    """
    return _compile(function, memory=False, from_python=False)


def _compile(function: Function, *, memory: bool, from_python: bool = True) -> Function:
    compile_with: Any = numba.njit  # its stub does not know `_nrt`, which turns reference counting off
    options: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": memory}
    if not from_python:
        options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    try:
        compiled: Any = compile_with(**options)(function)
    except RuntimeError:  # no folder that can be written to: compiled anew by every process
        compiled = compile_with(**(options | {"cache": False}))(function)
    store: Any = getattr(compiled, "_cache", None)
    if hasattr(store, "_cache_file"):  # numba itself looks only at the file of the function, not at what it calls
        store._cache_file._source_stamp = _sources_stamp(Path(function.__code__.co_filename).parent)
    return compiled  # type: ignore[no-any-return] # numba has no types


@cache
def _sources_stamp(folder: Path) -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
