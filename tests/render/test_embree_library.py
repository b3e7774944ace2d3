"""Where Embree cannot be used, the reason is said; where it can, its errors are raised."""

import importlib.metadata

import numpy as np
import pytest
from render_samples import box_mesh

from roadmark.errors import RenderError
from roadmark.render import embree


def _version(value):
    def version(name):
        assert name == "embreex"
        if value is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return value

    return version


@pytest.mark.parametrize(
    ("version", "reason"),
    [(None, "embreex is not installed"), ("3.0.0", f"embreex 3.0.0 is installed, {embree.EMBREEX_VERSION} is needed")],
)
def test_a_missing_or_other_wheel_is_named(monkeypatch, version, reason):
    monkeypatch.setattr(importlib.metadata, "version", _version(version))
    assert embree._open_library() == reason


def test_a_wheel_without_its_library_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(embree, "_library_path", lambda: None)
    assert embree._open_library() == "the embreex package carries no embree4 library"
    broken = tmp_path / "libembree4.so"
    broken.write_bytes(b"not a library")
    monkeypatch.setattr(embree, "_library_path", lambda: broken)
    assert "does not load" in embree._open_library()


def test_other_structures_are_noticed(monkeypatch):
    monkeypatch.setattr(embree, "_layout_is_ours", lambda library: False)
    assert embree._open_library() == "Embree's packet layout is not the expected one"
    monkeypatch.setattr(embree, "_LIBRARY_VERSION", 40500)
    assert "lacks packets of 16 rays" in embree._open_library()


def test_device_errors_are_raised_with_what_was_done():
    library = embree.load_embree()
    mesh = embree.EmbreeMesh(library, box_mesh())
    library.functions.rtcDetachGeometry(mesh.handle, 99)
    with pytest.raises(RenderError, match="Embree reports 'invalid .*' while testing"):
        library.check("testing")
    library.check("nothing is left")


def test_a_scene_takes_more_and_fewer_instances():
    library = embree.load_embree()
    mesh = embree.EmbreeMesh(library, box_mesh())
    scene = embree.EmbreeScene(library)
    for count in (1, 5, 2, 7):
        moved = np.tile(np.eye(3, 4, dtype=np.float32).reshape(12), (count, 1))
        scene.update([mesh] * count, moved, np.arange(count) % 2 == 1)
        assert scene.subset(list(range(count))).handle
