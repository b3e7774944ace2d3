import pytest

from roadmark.catalog import NAMED_COLORS, color_name
from roadmark.errors import InputError


@pytest.mark.parametrize("name", NAMED_COLORS)
def test_every_named_color_is_its_own_name(name):
    assert color_name(NAMED_COLORS[name]) == name


@pytest.mark.parametrize(
    ("rgb", "name"),
    [((255, 255, 255), "white"), ((0, 0, 0), "black"), ((255, 0, 0), "red"), ((17, 37, 103), "dark blue")],
)
def test_pure_colors_get_the_plain_word(rgb, name):
    assert color_name(rgb) == name


@pytest.mark.parametrize("rgb", [(1, 2), (0, 0, 256), (-1, 0, 0)])
def test_what_is_no_color_is_refused(rgb):
    with pytest.raises(InputError, match="sRGB triple"):
        color_name(rgb)
