"""Models of a user's own: classes by name, colours, places, and hostile files."""

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image
from trimesh.visual import TextureVisuals
from trimesh.visual.material import PBRMaterial

from roadmark.catalog import SemanticClass
from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.render import Material
from roadmark.twins import load_scene_classes, load_scene_model

ALL = load_scene_classes(None)


def colored(name, factor):
    return TextureVisuals(material=PBRMaterial(name=name, baseColorFactor=factor))


def block(size, visual):
    mesh = trimesh.creation.box(size)
    mesh.visual = visual
    return mesh


def at(x, y, z):
    matrix = np.eye(4)
    matrix[:3, 3] = (x, y, z)
    return matrix


@pytest.fixture
def scene():
    """A house of 10 x 6 x 8 m (y up), 20 m east and 30 m north, and a tree."""
    made = trimesh.Scene()
    made.add_geometry(
        block((10, 6, 8), colored("Wall_A", [0.5, 0.25, 0.0, 1.0])), "house", "House", transform=at(20, 3, -30)
    )
    made.add_geometry(
        block((2, 4, 2), colored("Leaves", [0.0, 0.5, 0.0, 1.0])), "tree", "Tree_01", transform=at(-5, 2, -12)
    )
    return made


def saved(folder, scene, name="place.glb"):
    if name.endswith(".glb"):
        (folder / name).write_bytes(scene.export(file_type="glb"))
    else:
        for part, data in scene.export(file_type="gltf").items():
            (folder / part).write_bytes(data)
        (folder / "model.gltf").rename(folder / name)
    return folder / name


def classes(folder, text):
    path = folder / "classes.yaml"
    path.write_text(text)
    return load_scene_classes(path)


@pytest.mark.parametrize("name", ["place.glb", "place.gltf"])
def test_a_model_lies_in_the_maps_frame(tmp_path, scene, name):
    model = load_scene_model(saved(tmp_path, scene, name), classes(tmp_path, "classes: {Wall*: building}"))
    house = model.mesh.vertices[model.mesh.triangles[model.mesh.semantic == SemanticClass.BUILDING]].reshape(-1, 3)
    assert house.min(axis=0) == pytest.approx([15.0, 26.0, 0.0])
    assert house.max(axis=0) == pytest.approx([25.0, 34.0, 6.0])
    assert model.notes == ()
    assert model.files[0] == tmp_path / name
    assert len(model.files) == (1 if name == "place.glb" else 1 + len(list(tmp_path.glob("*.bin"))))


def test_axes_scale_turn_and_offset(tmp_path):
    made = trimesh.Scene()
    made.add_geometry(block((100, 200, 300), colored("a", [1, 1, 1, 1])), "a", transform=at(0, 0, 150))
    text = "up: z\nscale: 0.01\nyaw: 90\noffset: [10, 20, 1]\n"
    model = load_scene_model(saved(tmp_path, made), classes(tmp_path, text))
    assert model.mesh.bounds[0] == pytest.approx([9.0, 19.5, 1.0], abs=1e-5)
    assert model.mesh.bounds[1] == pytest.approx([11.0, 20.5, 4.0], abs=1e-5)


def test_triangles_face_outwards_also_where_a_part_is_mirrored(tmp_path):
    mirror = np.diag([-1.0, 1.0, 1.0, 1.0])
    made = trimesh.Scene()
    made.add_geometry(block((2, 2, 2), colored("a", [1, 1, 1, 1])), "a", transform=mirror)
    mesh = load_scene_model(saved(tmp_path, made), ALL).mesh
    middles = mesh.vertices[mesh.triangles].mean(axis=1)
    assert ((mesh.facet_normals() * middles).sum(axis=1) > 0.0).all()


def test_names_of_materials_and_nodes_give_classes(tmp_path, scene):
    text = "guess: false\ndefault: other\nclasses:\n  house: {class: Walls, material: brick}\n  WALL*: building\n"
    model = load_scene_model(saved(tmp_path, scene), classes(tmp_path, text))
    counts = {SemanticClass(k): (model.mesh.semantic == k).sum() for k in np.unique(model.mesh.semantic)}
    assert counts == {SemanticClass.WALL: 12, SemanticClass.OTHER: 12}  # the first pattern counts, case aside
    assert set(model.mesh.material[model.mesh.semantic == SemanticClass.WALL].tolist()) == {Material.BRICK}
    assert model.notes == ("place.glb: no class is given for 1 names, which count as other: Leaves",)


def test_plain_names_are_guessed(tmp_path, scene):
    model = load_scene_model(saved(tmp_path, scene), ALL)
    assert set(model.mesh.semantic.tolist()) == {SemanticClass.VEGETATION, SemanticClass.BUILDING}
    assert model.mesh.material[model.mesh.semantic == SemanticClass.VEGETATION].tolist() == [Material.FOLIAGE] * 12
    assert model.notes == ()  # "Wall_A" is of the node "house"


def test_base_colours_are_linear_in_gltf(tmp_path, scene):
    model = load_scene_model(saved(tmp_path, scene), ALL)
    (color,) = np.unique(model.mesh.color[model.mesh.semantic == SemanticClass.BUILDING], axis=0)
    # sRGB of 0.5 is 1.055 * 0.5 ** (1 / 2.4) - 0.055 = 0.735; of 0.25, 0.537
    assert color.tolist() == pytest.approx([188, 137, 0], abs=1)


def test_colours_of_a_file_win(tmp_path, scene):
    made = classes(tmp_path, "classes: {'*': {class: building, color: [1, 2, 3]}}")
    model = load_scene_model(saved(tmp_path, scene), made)
    assert np.unique(model.mesh.color, axis=0).tolist() == [[1, 2, 3]]


def test_vertex_colours(tmp_path):
    mesh = trimesh.creation.box((2, 2, 2))
    mesh.visual.vertex_colors = [0, 255, 0, 255]
    model = load_scene_model(saved(tmp_path, trimesh.Scene(mesh)), ALL)
    assert np.unique(model.mesh.color, axis=0).tolist() == [[0, 255, 0]]


def test_pictures_are_averaged_per_triangle(tmp_path):
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, :4], pixels[:, 4:] = (200, 0, 0), (0, 0, 100)
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [2, 0, 0], [3, 0, 0], [2, 1, 0]], dtype=float)
    uv = np.array([[0.05, 0.1], [0.4, 0.1], [0.05, 0.9], [0.6, 0.1], [0.95, 0.1], [0.6, 0.9]])
    material = PBRMaterial(name="a", baseColorTexture=Image.fromarray(pixels))
    mesh = trimesh.Trimesh(
        vertices, [[0, 1, 2], [3, 4, 5]], visual=TextureVisuals(uv, material=material), process=False
    )
    model = load_scene_model(saved(tmp_path, trimesh.Scene(mesh)), ALL)
    assert sorted(model.mesh.color.tolist()) == [[0, 0, 100], [200, 0, 0]]


OBJ = """mtllib place.mtl
o House
v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0
usemtl Wall\nf 1 2 3
usemtl Roof\nf 1 3 4
o Pole_1
usemtl Wall\nf 2 3 4
"""


def wavefront(folder, material="newmtl Wall\nKd 0.5 0.5 0.5\nnewmtl Roof\nKd 1 0 0\n"):
    (folder / "place.obj").write_text(OBJ)
    (folder / "place.mtl").write_text(material)
    return folder / "place.obj"


def test_obj_with_materials_and_objects(tmp_path):
    text = "guess: false\nclasses: {Roof: building, 'Pole*': pole, Wall: wall}"
    model = load_scene_model(wavefront(tmp_path), classes(tmp_path, text))
    found = {SemanticClass(k): c.tolist() for k, c in zip(model.mesh.semantic, model.mesh.color, strict=True)}
    assert found == {
        SemanticClass.BUILDING: [255, 0, 0], SemanticClass.POLE: [128, 128, 128], SemanticClass.WALL: [128, 128, 128],
    }  # fmt: skip
    assert [path.name for path in model.files] == ["place.obj", "place.mtl"]


def test_a_missing_material_file_is_said(tmp_path):
    path = wavefront(tmp_path)
    (tmp_path / "place.mtl").unlink()
    (note,) = [note for note in load_scene_model(path, ALL).notes if "missing" in note]
    assert "'place.mtl', which is missing" in note


@pytest.mark.parametrize("name", ["../secret.mtl", "/etc/passwd", "sub/../../secret.mtl", "file:///etc/passwd"])
def test_materials_outside_the_folder_are_refused(tmp_path, name):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.mtl").write_text("newmtl Wall\n")
    (folder / "place.obj").write_text(OBJ.replace("place.mtl", name))
    with pytest.raises(FormatError, match="not in its folder"):
        load_scene_model(folder / "place.obj", ALL)


def test_links_out_of_the_folder_are_refused(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.mtl").write_text("newmtl Wall\n")
    wavefront(folder)
    (folder / "place.mtl").unlink()
    (folder / "place.mtl").symlink_to(tmp_path / "secret.mtl")
    with pytest.raises(FormatError, match="not in its folder"):
        load_scene_model(folder / "place.obj", ALL)


@pytest.mark.parametrize("uri", ["../buffer.bin", "/etc/passwd", "http://localhost:9/x.bin"])
def test_buffers_outside_the_folder_are_refused(tmp_path, scene, uri):
    path = saved(tmp_path, scene, "place.gltf")
    document = json.loads(path.read_text())
    document["buffers"][0]["uri"] = uri
    path.write_text(json.dumps(document))
    with pytest.raises(FormatError, match="not in its folder"):
        load_scene_model(path, ALL)


def test_a_missing_buffer_is_an_input_error(tmp_path, scene):
    path = saved(tmp_path, scene, "place.gltf")
    next(tmp_path.glob("*.bin")).unlink()
    with pytest.raises(InputError, match="which is missing"):
        load_scene_model(path, ALL)


@pytest.mark.parametrize("data", [b"", b"glTF", b"\x80\x04K\x01.", b"{}", b"[" * 5000])
@pytest.mark.parametrize("name", ["a.glb", "a.gltf", "a.obj"])
def test_what_is_no_model_is_refused(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FormatError):
        load_scene_model(tmp_path / name, ALL)


def test_text_that_an_obj_cannot_hold_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "a.obj"
    corners = b"v 0 0 0\nv 1 0 0\nv 0 1 0\n"
    path.write_bytes(corners + b"f" + b" 1 2 \\\n3" * 334)
    with pytest.raises(FormatError, match="line 4: a face of more than 1000 corners; cut it up"):
        load_scene_model(path, ALL)
    path.write_bytes(corners + b"usemtl Stra\xdfe\nf 1 2 3\n")
    with pytest.raises(FormatError, match=r"is no UTF-8 text \(byte 35\); save it as such"):
        load_scene_model(path, ALL)
    path.write_bytes(corners + b"f" + b" 1" * 997 + b" 1 2 3\n")
    assert load_scene_model(path, ALL).mesh is not None


def test_other_kinds_and_missing_files(tmp_path):
    with pytest.raises(FormatError, match=r"'\.fbx' is not read; there are \.glb, \.gltf, \.obj"):
        load_scene_model(tmp_path / "a.fbx", ALL)
    with pytest.raises(InputError, match="no such file"):
        load_scene_model(tmp_path / "a.glb", ALL)


def test_limits(tmp_path, scene, monkeypatch):
    path = saved(tmp_path, scene)
    with monkeypatch.context() as patch:
        patch.setattr(scene_model_module(), "MAX_TRIANGLES", 20)
        with pytest.raises(FormatError, match="more than 20 triangles"):
            load_scene_model(path, ALL)
    with monkeypatch.context() as patch:
        patch.setattr(scene_model_module(), "MAX_BYTES", 100)
        with pytest.raises(FormatError, match="larger than 100 bytes"):
            load_scene_model(path, ALL)
    with monkeypatch.context() as patch:
        patch.setattr(scene_model_module(), "MAX_PARTS", 1)
        with pytest.raises(FormatError, match="2 parts"):
            load_scene_model(path, ALL)
    with pytest.raises(FormatError, match="100 km"):
        load_scene_model(path, classes(tmp_path, "scale: 1.0e+5"))


def scene_model_module():
    import sys

    return sys.modules["roadmark.twins.scene_model"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("classes: {a: house}", "no class 'house'; there are unlabelled, roads"),
        ("classes: {a: {class: roads, material: gold}}", "no material 'gold'"),
        ("classes: {a: {class: roads, shade: 1}}", "shade"),
        ("classes: {a: [1]}", "classes"),
        ("up: x", "up"),
        ("scale: 0", "scale"),
        ("offset: [1, .nan, 2]", "offset"),
        ("brings: [trees]", "brings"),
        ("unknown: 1", "unknown"),
        ("- a", "expected a mapping"),
    ],
)
def test_wrong_class_files_name_the_field(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message):
        classes(tmp_path, text)


def test_what_a_model_brings(tmp_path, scene):
    made = classes(tmp_path, "brings: [roads, ground]")
    assert load_scene_model(saved(tmp_path, scene), made).brings == {"roads", "ground"}
    assert Path(tmp_path / "classes.yaml").exists()
