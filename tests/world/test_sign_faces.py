"""Sign faces and lettering."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.catalog import SemanticClass
from roadmark.render import Material
from roadmark.world.signals.faces import _DRAWINGS, Face, face_shape
from roadmark.world.signals.lettering import text_quads, text_width

KINDS = list(_DRAWINGS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_face_is_its_size_and_looks_forward(kind):
    mesh = face_shape(Face(kind, 0.8, 0.7, "50")).mesh()
    size = np.ptp(mesh.vertices, axis=0)
    assert size[1:] == pytest.approx([0.8, 0.7], abs=1e-6)
    assert size[0] < 0.03
    assert (mesh.semantic == SemanticClass.TRAFFIC_SIGN).all()
    normals = mesh.facet_normals()
    painted = mesh.material == Material.SIGN
    assert (normals[painted, 0] > 0.999).all()
    assert (normals[~painted, 0] < 0.001).all()


@pytest.mark.parametrize("kind", KINDS)
def test_paint_stays_on_the_plate(kind):
    shape = face_shape(Face(kind, 0.6, 0.6, "120"))
    painted = shape.corners[shape.material == Material.SIGN]
    plate = painted[np.isclose(painted[..., 0].max(axis=1), 0.02)]
    assert np.abs(painted[..., 1:]).max() <= np.abs(plate[..., 1:]).max() + 1e-6


def test_a_yield_signs_border_is_as_wide_on_all_sides():
    shape = face_shape(Face("yield", 0.9, 0.8))
    white = shape.corners[(shape.color == (232, 232, 228)).all(axis=1)].reshape(-1, 3)[:, 1:]
    outline = np.array([[0.45, 0.4], [-0.45, 0.4], [0.0, -0.4]])
    for a, b in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        side = (b - a) / np.linalg.norm(b - a)
        distance = np.abs((white - a) @ [-side[1], side[0]])
        assert distance.min() == pytest.approx(0.12 * 0.8, abs=1e-6)


@given(st.text(alphabet="0123456789STOPEDLIM", min_size=1, max_size=6), st.floats(0.05, 1.0))
def test_lettering_fits_its_line_and_winds_counter_clockwise(text, height):
    quads = text_quads(text, height)
    # Bevelled ends stick out by less than half a stroke.
    assert np.abs(quads[..., 0]).max() < text_width(text, height) / 2 + 0.1 * height
    assert np.abs(quads[..., 1]).max() < height * 0.6
    a, b, c = quads[:, 0], quads[:, 1], quads[:, 2]
    cross = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    assert (cross > 0.0).all()


def test_characters_without_a_glyph_leave_a_gap():
    assert text_quads("?", 1.0).shape == (0, 4, 2)
    assert len(text_quads("1?1", 1.0)) == 2 * len(text_quads("1", 1.0))
