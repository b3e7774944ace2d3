"""The two tracers give the same picture, and the portable one needs no compiler."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from render_samples import STREET_CAMERA, STREET_POSE, ground_mesh, placed, render, sphere_mesh, street

from roadmark.errors import RenderError
from roadmark.geometry.cameras import PinholeCamera
from roadmark.render import Environment, Quality, Renderer
from roadmark.render import renderer as renderer_module
from roadmark.render.trees import tree_of_boxes


@pytest.fixture(scope="module")
def both():
    static, instances = street()
    quality = Quality(ao=True, reflections=True, aa_samples=2)
    return [
        render(static, instances, tracer=tracer, quality=quality, environment=Environment(), aov=True)
        for tracer in ("embree", "portable")
    ]


def test_tracers_hit_the_same_triangles(both):
    embree, portable = both
    same = (embree.triangle == portable.triangle) & (embree.instance_index == portable.instance_index)
    # Rays through an edge two triangles share may take either; their depth is the same.
    assert (~same).mean() < 1e-3
    hit = np.isfinite(embree.depth)
    assert (hit == np.isfinite(portable.depth)).all()
    np.testing.assert_allclose(embree.depth[hit & same], portable.depth[hit & same], rtol=1e-5)
    ties = hit & ~same & (embree.instance == portable.instance)
    np.testing.assert_allclose(embree.depth[ties], portable.depth[ties], rtol=1e-3)


def test_tracers_agree_on_labels_shadows_and_colours(both):
    embree, portable = both
    for name in ("semantic", "instance", "sun_visibility"):
        assert (getattr(embree, name) != getattr(portable, name)).mean() < 1e-3, name
    difference = np.abs(embree.rgb.astype(int) - portable.rgb).max(axis=2)
    assert (difference > 2).mean() < 3e-3


def test_uncompiled_portable_tracer_agrees_with_the_compiled_one(tmp_path):
    script = tmp_path / "tiny.py"
    script.write_text(
        "import sys, numpy as np\n"
        "from test_tracers import tiny_frame\n"
        "frame = tiny_frame()\n"
        "np.savez(sys.argv[1], depth=frame.depth, rgb=frame.rgb, instance=frame.instance)\n"
    )
    output = tmp_path / "tiny.npz"
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = dict(os.environ, NUMBA_DISABLE_JIT="1", PYTHONPATH=path)
    environment.pop("COV_CORE_SOURCE", None)
    subprocess.run([sys.executable, "-W", "ignore", script, output], check=True, env=environment, timeout=120)
    plain, compiled = np.load(output), tiny_frame()
    np.testing.assert_array_equal(plain["instance"], compiled.instance)
    np.testing.assert_allclose(plain["depth"], compiled.depth, rtol=1e-5)
    assert np.abs(plain["rgb"].astype(int) - compiled.rgb).max() <= 2


def tiny_frame():
    ball = placed(sphere_mesh(1.0, 4, 6), (9.0, 0.0, 1.0), 3)
    return render(ground_mesh(), [ball], camera=PinholeCamera.from_fov(12, 10, 0.5), tracer="portable")


def test_auto_prefers_embree_and_says_why_it_did_not_get_it(monkeypatch, caplog):
    assert Renderer(ground_mesh()).tracer_name == "embree"
    monkeypatch.setattr(renderer_module, "load_embree", lambda: "embreex is not installed")
    fallback = Renderer(ground_mesh())
    assert (fallback.tracer_name, fallback.tracer_note) == ("portable", "embreex is not installed")
    assert "portable tracer" in caplog.text
    with pytest.raises(RenderError, match="embreex is not installed"):
        Renderer(ground_mesh(), tracer="embree")


def test_tree_boxes_contain_their_items():
    rng = np.random.default_rng(0)
    low = rng.normal(size=(300, 3)).astype(np.float32)
    high = low + rng.uniform(0, 0.3, (300, 3)).astype(np.float32)
    nodes, order = tree_of_boxes(low, high)
    links = nodes.view(np.int32)
    assert sorted(order) == list(range(300))
    seen = []

    def visit(node):
        first, count = links[node, 6], links[node, 7]
        if count:
            items = order[first : first + count]
            seen.extend(items)
        else:
            items = np.concatenate([visit(node + 1), visit(first)])
        assert (nodes[node, :3] <= low[items]).all()
        assert (nodes[node, 3:6] >= high[items]).all()
        return items

    visit(0)
    assert sorted(seen) == list(range(300))


def test_identical_boxes_still_make_a_tree():
    box = np.zeros((50, 3), np.float32)
    nodes, order = tree_of_boxes(box, box + 1)
    assert sorted(order) == list(range(50))
    assert nodes.view(np.int32)[:, 7].max() <= 4


def test_meshes_come_and_go_without_mixing_up_triangles():
    renderer = Renderer(ground_mesh(), tracer="portable", threads=1)
    reference = Renderer(ground_mesh(), tracer="embree", threads=1)
    for number in range(12):
        ball = placed(sphere_mesh(0.5 + 0.1 * number, 6 + 4 * number, 8 + 6 * number), (9.0, 0.0, 1.0), number + 1)
        frames = [
            r.render(STREET_CAMERA, STREET_POSE, [ball], Environment(), Quality.preset("draft"))
            for r in (renderer, reference)
        ]
        assert (frames[0].instance == number + 1).sum() > 50
        assert (frames[0].instance != frames[1].instance).mean() < 1e-3
        assert (frames[0].normal != frames[1].normal).mean() < 5e-3
