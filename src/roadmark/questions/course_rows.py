"""Courses cut to some of their frames."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from roadmark.scene import Course

_PER_FRAME = tuple(field.name for field in fields(Course) if field.name not in ("actor_id", "category", "blueprint_id",
                                                                                 "color"))  # fmt: skip


def with_rows(course: Course, rows: NDArray[np.bool_]) -> Course:
    """A course in some of its frames.

    Args:
        course: The whole one, of N frames.
        rows: (N,) which of them.
    """
    return course if rows.all() else replace(course, **{name: getattr(course, name)[rows] for name in _PER_FRAME})
