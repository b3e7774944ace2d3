"""How the room's functions are compiled: the decorators, and a disk cache that notices when any kernel file changes.

numba's own cache looks only at the file that holds a function, so a kernel would go on using yesterday's shading after
`materials.py` changed. Here every function is stamped with the contents of all kernel files of the room.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numba
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""An array argument of a kernel; the docstring names shape and type."""

Scalar: TypeAlias = Any
"""A number inside a kernel: a float32, an integer or a bool, as the docstring says."""

Function = TypeVar("Function", bound=Callable[..., Any])

# Everything of `fastmath` except "no NaN" and "no infinity": depth is infinite where nothing was hit.
FAST_MATH = frozenset({"nsz", "arcp", "contract", "afn", "reassoc"})


def kernel(function: Function) -> Function:
    """Compile a function that Python calls: machine code kept on disk, and no global lock while it runs.

    It cannot create arrays; its scratch memory is an argument. In return no reference counts are kept in inner loops.
    """
    return _compile(function, memory=False)


def kernel_with_memory(function: Function) -> Function:
    """Compile like `kernel`, for functions that create arrays of their own."""
    return _compile(function, memory=True)


def device_function(function: Function) -> Function:
    """Compile a small function that kernels call: scalar and array arguments, no new arrays; a GPU can run it too."""
    return _compile(function, memory=False)


def device_function_inlined(function: Function) -> Function:
    """Compile like `device_function`, but copied into its callers: for leaves whose call costs more than their work."""
    return _compile(function, memory=False, inlined=True)


def is_cached(functions: Iterable[Callable[..., Any]]) -> bool:
    """Whether every one of these kernels can be loaded from disk, so that no compilation will be waited for.

    Args:
        functions: Functions decorated with `kernel` or `kernel_with_memory`.
    """
    return all(_has_machine_code(function) for function in functions)


def _compile(function: Function, *, memory: bool, inlined: bool = False) -> Function:
    compile_with: Any = numba.njit  # its stub does not know `_nrt`, which turns reference counting off
    options: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": set(FAST_MATH), "error_model": "numpy"}
    compiled: Any = compile_with(**options, forceinline=inlined, _nrt=memory)(function)
    store: Any = getattr(compiled, "_cache", None)  # absent where NUMBA_DISABLE_JIT leaves the function as it is
    if hasattr(store, "_cache_file"):
        store._cache_file._source_stamp = _kernel_sources_stamp()
    return compiled  # type: ignore[no-any-return]


def _has_machine_code(function: Callable[..., Any]) -> bool:
    if getattr(function, "signatures", ()) or not hasattr(function, "py_func"):
        return True
    store: Any = getattr(function, "_cache", None)
    return hasattr(store, "_cache_file") and bool(store._cache_file._load_index())


@cache
def _kernel_sources_stamp() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        text = path.read_bytes()
        # Kernels freeze the constants they use, and those are the members of the room's enumerations.
        if any(mark in text for mark in (b"@kernel", b"@device_function", b"IntEnum")):
            digest.update(path.name.encode() + b"\0" + text)
    return digest.hexdigest()
