"""Monotone polynomials through zero and their inverses: the radial curve of an f-theta lens, in both directions."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import polynomial

from roadmark.errors import GeometryError
from roadmark.geometry.rotations import FloatArray

DEGREE = 5  # of both polynomials of an f-theta vector, constant term included as the first of six coefficients


def evaluate(coefficients: tuple[float, ...], x: FloatArray) -> FloatArray:
    """Polynomial value; coefficients from the constant term up."""
    return np.asarray(polynomial.polyval(x, np.array(coefficients)))


def derivative(coefficients: tuple[float, ...]) -> tuple[float, ...]:
    """Coefficients of the derivative."""
    return tuple(float(k * c) for k, c in enumerate(coefficients))[1:]


def first_turning_point(coefficients: tuple[float, ...]) -> float:
    """The smallest x >= 0 at which the polynomial stops rising; infinity where it never does."""
    slope = np.trim_zeros(np.array(derivative(coefficients)), "b")
    if slope.size == 0 or slope[0] <= 0.0:
        return 0.0
    roots = polynomial.polyroots(slope)
    # A double root is found as a close complex pair: the slope touches zero there, so it counts.
    real = roots.real[(np.abs(roots.imag) <= 1e-7 * np.abs(roots)) & (roots.real > 0.0)]
    return float(real.min()) if real.size else np.inf


def solve(coefficients: tuple[float, ...], value: float) -> float:
    """The x >= 0 of the first rising stretch at which the polynomial has this value >= 0, to machine precision.

    Raises:
        GeometryError: The polynomial turns before it gets there.
    """
    limit = first_turning_point(coefficients)
    if np.isinf(limit):
        limit = max(value, 1.0) / coefficients[1]
        while evaluate(coefficients, np.array(limit)) < value:
            limit *= 2.0
    if not evaluate(coefficients, np.array(limit)) >= value or limit == 0.0:
        raise GeometryError(f"the lens polynomial {coefficients} does not rise up to {value:g}")
    return float(invert(coefficients, np.array([value]), np.array([value / coefficients[1]]), limit)[0])


def invert(coefficients: tuple[float, ...], values: FloatArray, start: FloatArray, limit: float) -> FloatArray:
    """Solve ``polynomial(x) = value`` for x in [0, limit] to machine precision.

    Newton's method, kept inside a shrinking bracket so that a poor start cannot lose the root.

    Args:
        coefficients: Of a polynomial that rises strictly on [0, limit] and is 0 at 0.
        values: (N,) within [0, polynomial(limit)]; values beyond give `limit`.
        start: (N,) first guesses.
        limit: Upper end of the domain.
    """
    slope_coefficients = derivative(coefficients)
    low, high = np.zeros_like(values), np.full_like(values, limit)
    x = np.clip(start, 0.0, limit)
    for _ in range(80):
        error = evaluate(coefficients, x) - values
        low, high = np.where(error < 0.0, x, low), np.where(error > 0.0, x, high)
        slope = evaluate(slope_coefficients, x)
        step = x - error / np.where(slope > 0.0, slope, np.inf)
        # Where Newton leaves the bracket (or stands still on a flat slope), halve the bracket instead.
        following = np.where((slope > 0.0) & (step >= low) & (step <= high), step, 0.5 * (low + high))
        moved = np.abs(following - x)
        x = following
        if (moved <= 4e-16 * limit).all():
            break
    return x


def fit_inverse(coefficients: tuple[float, ...], limit: float) -> tuple[float, ...]:
    """Least-squares polynomial of the inverse function on [0, polynomial(limit)], zero at zero.

    Only an approximation (about 0.03 px on real lenses): the start of `invert` and what formats that hold both store.
    """
    x = np.linspace(0.0, limit, 500)[1:]
    y = evaluate(coefficients, x)
    scale = y[-1]  # powers of pixels up to 1e15 would ruin the conditioning
    basis = (y / scale)[:, None] ** np.arange(1, DEGREE + 1)
    solution = np.linalg.lstsq(basis, x, rcond=None)[0]
    return (0.0, *(float(c / scale**k) for k, c in enumerate(solution, start=1)))


def checked_coefficients(name: str, values: object) -> tuple[float, ...]:
    """Six finite coefficients without a constant term, as a tuple of floats.

    Raises:
        GeometryError: The message names `name`.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (DEGREE + 1,) or not np.isfinite(array).all():
        raise GeometryError(f"{name} must be 6 finite coefficients from the constant term up, not {values!r}")
    if abs(array[0]) > 1e-6:
        raise GeometryError(f"{name} must start at 0 on the optical axis; its constant term is {array[0]:g}")
    return (0.0, *(float(c) for c in array[1:]))
