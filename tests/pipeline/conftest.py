"""Every kind of executor; the Ray runtime is started once for all tests that need it."""

import os
from pathlib import Path

import pytest

from roadmark.pipeline import ProcessExecutor, RayExecutor, SequentialExecutor


@pytest.fixture(scope="session")
def ray_executor():
    pytest.importorskip("ray", reason="Ray is not installed")
    with pytest.MonkeyPatch.context() as patch, RayExecutor(workers=2) as executor:
        here = str(Path(__file__).parent)  # where Ray's workers find the stages of these tests
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")])))
        yield executor


@pytest.fixture(params=["sequential", "processes", "ray"])
def executor(request):
    if request.param == "ray":
        return request.getfixturevalue("ray_executor")
    return SequentialExecutor() if request.param == "sequential" else ProcessExecutor(2)
