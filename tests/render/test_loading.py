"""After a warm-up no kernel of a quality has to be compiled any more."""

import pytest

from roadmark.errors import RenderError
from roadmark.render import Quality, kernels_are_cached, warm_up


@pytest.mark.parametrize("quality", ["draft", "standard"])
def test_kernels_are_there_afterwards(quality):
    warm_up(Quality.preset(quality))
    assert kernels_are_cached(Quality.preset(quality))


def test_an_unknown_tracer_is_said():
    with pytest.raises(RenderError, match="unknown tracer"):
        warm_up(Quality.preset("draft"), "raster")
