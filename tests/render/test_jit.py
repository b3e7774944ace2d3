"""Kernels where their machine code cannot be kept on disk: they run all the same, and one warning says so."""

import logging
import os
import subprocess
import sys

import pytest

from roadmark.render import jit

SCRIPT = """
import logging, sys
logging.basicConfig(format="%(levelname)s %(message)s", stream=sys.stdout)
import numba.core.caching as caching
caching.CacheImpl._locator_classes = []  # as where neither the sources nor the user's folders can be written
from roadmark.render import jit

@jit.kernel
def double(x):
    return x + x

@jit.kernel
def triple(x):
    return x + x + x

assert not jit.is_cached([double])
assert double(3) == 6 and triple(3) == 9
assert jit.is_cached([double])
import roadmark.render
"""


@pytest.fixture
def untold(monkeypatch):
    """As if nothing had been said yet in this process."""
    monkeypatch.setattr(jit, "_reasons", [])


def test_without_any_folder_to_write_kernels_are_compiled_anew():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("WARNING") == 1
    assert "NUMBA_CACHE_DIR" in done.stdout


def test_a_cache_that_fails_later_is_done_without(untold, caplog):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    attempt = jit._forgiving(full)
    with caplog.at_level(logging.WARNING):
        assert attempt("signature") is None
        assert attempt("signature") is None
    assert caplog.text.count("No space left on device") == 1
    assert jit._forgiving(lambda x: x + 1)(1) == 2


def test_an_index_that_cannot_be_read_is_no_machine_code():
    class Store:
        def _load_index(self):
            raise PermissionError(13, "Permission denied")

    class Kernel:
        py_func = None
        signatures = ()
        _cache = type("Cache", (), {"_cache_file": Store()})()

    assert not jit.is_cached([Kernel()])
