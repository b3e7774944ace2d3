"""Random numbers that have names."""

from __future__ import annotations

import hashlib

import numpy as np


def named_generator(seed: int, *names: str | int) -> np.random.Generator:
    """A generator of its own for every seed and name, so that no two users of a seed share their numbers.

    Args:
        seed: What the user chose, or what numbers a thing.
        names: What the numbers are for.

    Example:
        >>> int(named_generator(3, "terrain").integers(100)) == int(named_generator(3, "terrain").integers(100))
        True
    """
    digest = hashlib.sha256("/".join(map(str, (seed, *names))).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "little"))
