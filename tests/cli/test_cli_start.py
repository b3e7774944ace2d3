"""What commands leave out to start sooner is still there for others, and kernels work without it."""

import subprocess
import sys

LOADS = """
import sys
from roadmark.cli.start import load_kernel_library
load_kernel_library()
assert "numba.np.arraymath" in sys.modules
assert "scipy.linalg" not in sys.modules
import scipy.linalg
assert abs(scipy.linalg.det([[2.0, 1.0], [1.0, 3.0]]) - 5.0) < 1e-12
import numba, numpy
print(numba.njit(lambda values: values.sum())(numpy.arange(5.0)))
"""

LEAVES_ALONE = """
import sys
import scipy.linalg
before = scipy.linalg
from roadmark.cli.start import load_kernel_library
load_kernel_library()
load_kernel_library()
assert sys.modules["scipy.linalg"] is before
import numba, numpy
print(numba.njit(lambda matrix: numpy.dot(matrix, matrix)[0, 0])(numpy.eye(2) * 3.0))
"""


def test_kernels_come_without_linear_algebra_and_scipy_still_has_it() -> None:
    assert _printed(LOADS) == "10.0"


def test_linear_algebra_that_is_loaded_already_is_left_alone() -> None:
    assert _printed(LEAVES_ALONE) == "9.0"


def _printed(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.strip()
