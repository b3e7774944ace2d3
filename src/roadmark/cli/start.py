"""What makes a command start sooner, without a change to what it makes."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

_COLLECT_AFTER = 200_000
_UNUSED = "scipy.linalg"


def collect_seldom() -> None:
    """Look for garbage less often than Python does by itself: loading libraries makes many objects and no garbage."""
    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])


def load_kernel_library() -> None:
    """Load what the render kernels need of numba, without SciPy's linear algebra.

    numba loads that along with its array functions, for an eighth of a second, in case a kernel multiplies matrices;
    none of ours does. Only a command may do this: other code in the same process could have such kernels.
    """
    functions = "numba.np.arraymath"
    if _UNUSED in sys.modules or functions in sys.modules:
        return
    import_module("numba")
    sys.modules[_UNUSED] = None  # type: ignore[assignment] # Python's own way to say that a module is not there
    try:
        import_module(functions)
    finally:
        del sys.modules[_UNUSED]
