"""A service on this machine that answers what a test tells it to."""

import pytest
from scripted_service import ScriptedService


@pytest.fixture
def service():
    """A service without answers; tests add them to `service.script`."""
    with ScriptedService() as running:
        yield running


@pytest.fixture
def waits():
    """A place for the seconds that a client would have waited; give its `append` as `sleep`."""
    return []
