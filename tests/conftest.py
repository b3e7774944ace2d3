"""Shared fixtures: where the real recordings and maps are."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run: a test that fails here fails for everyone.
settings.register_profile("roadmark", derandomize=True, deadline=None)
settings.load_profile("roadmark")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real recordings and maps; tests that need it skip where it is not set."""
    value = os.environ.get("ROADMARK_DATA")
    if not value:
        pytest.skip("ROADMARK_DATA is not set: no real recordings and maps at hand")
    path = Path(value)
    assert path.is_dir(), f"ROADMARK_DATA={value} is not a directory"
    return path
