"""How much of this machine there is to use."""

from __future__ import annotations

import os


def default_threads() -> int:
    """All processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
