"""How the room's functions are compiled: the decorators, and a disk cache that notices when any kernel file changes.

numba's own cache looks only at the file that holds a function, so a kernel would go on using yesterday's shading after
`materials.py` changed. Here every function is stamped with the contents of all kernel files of the room, and a function
of another room with those of its own room, too.

The cache lies beside the sources, else in the user's cache folder; the environment variable `NUMBA_CACHE_DIR` names
another place. Where none of them can be written, kernels are compiled anew by every process.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numba
from numpy.typing import NDArray

_log = logging.getLogger(__name__)

Array: TypeAlias = NDArray[Any]
"""An array argument of a kernel; the docstring names shape and type."""

Scalar: TypeAlias = Any
"""A number inside a kernel: a float32, an integer or a bool, as the docstring says."""

_reasons: list[str] = []  # why kernels could not be kept on disk

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
    options |= {"forceinline": inlined, "_nrt": memory}
    try:
        compiled: Any = compile_with(**options)(function)
    except RuntimeError as error:  # numba found no folder that it may write to
        _tell_uncached(str(error))
        compiled = compile_with(**(options | {"cache": False}))(function)
    store: Any = getattr(compiled, "_cache", None)  # absent where NUMBA_DISABLE_JIT leaves the function as it is
    if hasattr(store, "_cache_file"):
        store._cache_file._source_stamp = _kernel_sources_stamp(Path(function.__code__.co_filename).parent)
        store.load_overload = _forgiving(store.load_overload)
        store.save_overload = _forgiving(store.save_overload)
    return compiled  # type: ignore[no-any-return] # numba has no types


def _forgiving(access: Callable[..., Any]) -> Callable[..., Any]:
    """A step of the disk cache that does nothing where the disk is full or its files are another user's."""

    def attempt(*arguments: Any) -> Any:
        try:
            return access(*arguments)
        except OSError as error:
            _tell_uncached(str(error))
            return None

    return attempt


def _tell_uncached(reason: str) -> None:
    if not _reasons:  # once, not once per kernel
        _log.warning(
            "compiled render kernels cannot be kept, so every start takes half a minute longer (%s); "
            "name a writable folder in NUMBA_CACHE_DIR",
            reason,
        )
    _reasons.append(reason)


def _has_machine_code(function: Callable[..., Any]) -> bool:
    if getattr(function, "signatures", ()) or not hasattr(function, "py_func"):
        return True
    store: Any = getattr(function, "_cache", None)
    try:
        return hasattr(store, "_cache_file") and bool(store._cache_file._load_index())
    except OSError:
        return False


@cache
def _kernel_sources_stamp(room: Path) -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted({*Path(__file__).parent.glob("*.py"), *room.glob("*.py")}):
        text = path.read_bytes()
        # Kernels freeze the constants they use, and those are the members of the room's enumerations.
        if any(mark in text for mark in (b"@kernel", b"@device_function", b"IntEnum")):
            digest.update(path.name.encode() + b"\0" + text)
    return digest.hexdigest()
