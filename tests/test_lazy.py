"""Faces that load their rooms piece by piece still say what they do not have."""

import importlib

import pytest

import roadmark.render
from roadmark.lazy import loaded_when_asked


def test_a_name_is_loaded_once(monkeypatch):
    monkeypatch.delitem(vars(roadmark.render), "Probe", raising=False)
    probe = roadmark.render.Probe
    assert vars(roadmark.render)["Probe"] is probe


@pytest.mark.parametrize("face", ["render", "simulate", "world"])
def test_unknown_names_are_unknown(face):
    with pytest.raises(AttributeError, match=f"roadmark.{face}.*teapot"):
        importlib.import_module(f"roadmark.{face}").teapot  # noqa: B018


def test_a_home_without_the_name_is_an_error():
    find = loaded_when_asked("roadmark.render", {"quality": ("teapot",)})
    with pytest.raises(AttributeError, match="teapot"):
        find("teapot")
