"""Shared fixtures: where the real recordings and maps are."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real recordings and maps; tests that need it skip where it is not set."""
    value = os.environ.get("ROADMARK_DATA")
    if not value:
        pytest.skip("ROADMARK_DATA is not set: no real recordings and maps at hand")
    path = Path(value)
    assert path.is_dir(), f"ROADMARK_DATA={value} is not a directory"
    return path
