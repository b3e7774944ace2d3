"""Traffic lights and signs built from maps: where they stand, which way they look, what they show."""

import json

import numpy as np
import pytest

from roadmark.catalog import SemanticClass
from roadmark.maps import RoadMap, load_opendrive, parse_opendrive
from roadmark.render import Material
from roadmark.world.signals import SIGNAL_EMISSION, bind_signals, signal_models

LANES = (
    '<laneSection s="0"><left><lane id="1" type="driving"><width sOffset="0" a="3.5"/></lane></left>'
    '<center><lane id="0" type="none"/></center><right><lane id="-1" type="driving"><width sOffset="0" a="3.5"/></lane>'
    '<lane id="-2" type="sidewalk"><width sOffset="0" a="2"/></lane></right></laneSection>'
)


def road(road_id: int, x: float, length: float, features: str, junction: int = -1) -> str:
    """Eastward from (x, 0): lane 1 in y 0..3.5 drives west, lane -1 in y -3.5..0 east, beyond it is a sidewalk."""
    return (
        f'<road id="{road_id}" length="{length}" junction="{junction}"><planView><geometry s="0" x="{x}" y="0" hdg="0" '
        f'length="{length}"><line/></geometry></planView><lanes>{LANES}</lanes>{features}</road>'
    )


def signal(**changes: object) -> str:
    fields = {"id": 1, "s": 50, "t": -4.5, "zOffset": 0, "type": "1000001", "dynamic": "yes", "orientation": "+"}
    fields |= {"width": 0.4, "height": 1.0, "country": "OpenDRIVE", "value": -1, "hOffset": 0} | changes
    return f"<signal {' '.join(f'{key}={str(value)!r}' for key, value in fields.items())}/>"


def town(*signals: str, objects: str = "", more: str = "") -> RoadMap:
    features = f"<objects>{objects}</objects><signals>{''.join(signals)}</signals>"
    return parse_opendrive(f"<OpenDRIVE>{road(1, 0, 100, features)}{more}</OpenDRIVE>".encode(), "sample")


def test_a_light_beside_its_lane_stands_on_a_post_and_looks_at_the_traffic():
    models = signal_models(town(signal()))
    assert len(models.dynamic) == 1
    head = models.dynamic[0]
    assert head.signal_id == "1"
    # For eastbound traffic the face looks west, in front of its post, its lower edge 2.7 m up.
    assert np.allclose(head.transform[:, 0], [-1.0, 0.0, 0.0], atol=1e-12)
    assert np.allclose(head.transform[:, 3], [50.0 - 0.12, -4.5, 2.7 + 0.5])
    assert np.allclose(models.footprints, [[50.0, -4.5, 0.0]])
    assert set(np.unique(models.static.semantic)) == {SemanticClass.POLE}


def test_the_maps_own_height_is_the_lower_edge_of_the_face():
    models = signal_models(town(signal(zOffset=3.1)))
    assert models.dynamic[0].transform[2, 3] == pytest.approx(3.1 + 0.5)


def test_a_light_across_the_junction_hangs_over_its_lanes():
    # The governed connecting road starts at x = 100; the light stands 20 m beyond, 6 m right of lane -1's centre.
    reference = '<signals><signalReference id="1" s="0" t="0" orientation="+"><validity fromLane="-1" toLane="-1"/>'
    connecting = road(2, 100, 20, reference + "</signalReference></signals>", junction=9)
    light = signal(s=120, t=-7.75).replace("/>", '><validity fromLane="0" toLane="0"/></signal>')
    models = signal_models(town(light, more=connecting))
    places = np.array([head.transform[:, 3] for head in models.dynamic])
    assert len(places) == 2
    assert places[0] == pytest.approx([120.0 - 0.12, -7.75 + 5.75, 5.4 + 0.5])  # tip of a 6 m arm to the driver's left
    assert places[1] == pytest.approx([120.0 - 0.18, -7.75, 2.7 + 0.5])
    assert models.dynamic[0].mesh is models.dynamic[1].mesh
    # The arm clears lorries (4 m) by far.
    over_road = models.static.vertices[np.abs(models.static.vertices[:, 1] + 4.0) < 2.5]
    assert over_road[:, 2].min() > 5.0


def test_a_high_light_gets_an_arm_and_no_second_head():
    models = signal_models(town(signal(zOffset=5.2)))
    assert len(models.dynamic) == 1
    assert models.dynamic[0].transform[2, 3] == pytest.approx(5.2 + 0.5)
    assert abs(models.dynamic[0].transform[1, 3] + 4.5) > 2.0


def test_a_post_is_moved_off_a_lane():
    models = signal_models(town(signal(t=-3.0)))
    foot = models.footprints[0]
    assert foot[1] < -3.5 - 0.29
    assert np.linalg.norm(foot[:2] - [50.0, -3.0]) < 1.1
    assert models.places["1"].tolist() == [50.0, -3.0, 0.0]


def test_a_rule_without_a_body_is_not_built():
    models = signal_models(town(signal(t=-1.0, width=0, height=0)))
    assert models.dynamic == ()
    assert not len(models.static.triangles)


def test_lenses_shine_by_state_from_top_to_bottom():
    mesh = signal_models(town(signal())).dynamic[0].mesh
    lens = mesh.material == Material.LAMP_LENS
    assert set(np.unique(mesh.semantic)) == {SemanticClass.TRAFFIC_LIGHT}
    assert np.array_equal(lens, mesh.emitter > 0)
    heights = [mesh.vertices[mesh.triangles[mesh.emitter == k]][..., 2].mean() for k in (1, 2, 3)]
    assert heights[0] > heights[1] > heights[2]
    # Red, yellow, green, off, unknown light emitter 1, 2, 3, none, none.
    assert [SIGNAL_EMISSION[state] for state in range(5)] == [1, 2, 4, 0, 0]
    assert (mesh.facet_normals()[lens][:, 0] > 0.5).all()
    size = np.ptp(mesh.vertices, axis=0)
    assert size[1:] == pytest.approx([0.4, 1.0], abs=0.02)


def test_pedestrian_lights_have_two_lenses():
    mesh = signal_models(town(signal(type="1000002", width=0, height=0))).dynamic[0].mesh
    assert set(np.unique(mesh.emitter)) == {0, 1, 3}


SIGNS = {
    "stop": ({"type": "206"}, (176, 24, 28)),
    "yield": ({"type": "205"}, (176, 24, 28)),
    "named yield": ({"type": "x", "name": "Sign_Yield"}, (176, 24, 28)),
    "limit plate": ({"type": "274", "value": 50}, (22, 22, 24)),
    "limit ring": ({"type": "274", "subtype": "30", "country": "de"}, (176, 24, 28)),
    "no number": ({"type": "274", "country": "de"}, (176, 24, 28)),
    "no entry": ({"type": "267"}, (176, 24, 28)),
    "warning": ({"type": "101"}, (176, 24, 28)),
    "priority": ({"type": "306"}, (238, 186, 36)),
    "mandatory": ({"type": "209"}, (22, 74, 150)),
    "information": ({"type": "350"}, (22, 74, 150)),
    "unknown": ({"type": "whatever"}, (232, 232, 228)),
}


@pytest.mark.parametrize("name", SIGNS)
def test_signs_look_at_the_traffic_and_show_their_colour(name):
    fields, color = SIGNS[name]
    models = signal_models(town(signal(**{"dynamic": "no", "zOffset": 2.4, "width": 0, "height": 0} | fields)))
    assert models.dynamic == ()
    mesh = models.static
    painted = mesh.material == Material.SIGN
    assert np.allclose(mesh.facet_normals()[painted], [-1.0, 0.0, 0.0], atol=1e-3)
    assert color in {tuple(row) for row in mesh.color[painted].tolist()}
    plate = mesh.vertices[mesh.triangles[mesh.semantic == SemanticClass.TRAFFIC_SIGN]]
    assert plate[..., 2].min() == pytest.approx(2.4, abs=0.01)
    assert 0.55 < np.ptp(plate[..., 2]) < 0.91
    assert set(np.unique(mesh.semantic)) == {SemanticClass.POLE, SemanticClass.TRAFFIC_SIGN}


def test_signs_keep_the_maps_size_and_share_a_post():
    low, high = (
        signal(dynamic="no", type="206", zOffset=2.2),
        signal(id=2, dynamic="no", type="274", value=30, zOffset=3.3),
    )
    both = signal_models(town(low, high)).static
    assert both.vertices[:, 2].max() == pytest.approx(4.3)
    posts = both.semantic == SemanticClass.POLE
    one = signal_models(town(low)).static
    assert posts.sum() == (one.semantic == SemanticClass.POLE).sum()


def test_speed_signs_among_the_objects():
    objects = '<object id="7" name="Speed_60" type="-1" s="30" t="-4.5" zOffset="0.1" hdg="0" orientation="-"/>'
    objects += '<object id="8" name="SignPost_10ft" type="-1" s="60" t="-5" hdg="0" height="3.05"/>'
    models = signal_models(town(objects=objects))
    painted = models.static.material == Material.SIGN
    assert np.allclose(models.static.facet_normals()[painted], [-1.0, 0.0, 0.0], atol=1e-3)
    assert sorted(models.footprints[:, 0].tolist()) == [30.0, 60.0]
    digits = (models.static.color[painted] == (22, 22, 24)).all(axis=1).sum()
    other = signal_models(town(objects=objects.replace("Speed_60", "Speed_11")))
    assert digits > (other.static.color[other.static.material == Material.SIGN] == (22, 22, 24)).all(axis=1).sum()


def test_a_limits_number_comes_from_its_name_before_its_catalogue_value():
    fields = {"dynamic": "no", "zOffset": 2.4, "type": "c", "country": "SE", "width": 0, "height": 0}
    named = signal_models(town(signal(**fields, subtype=31, value=3, name="speed_30_0"))).static
    plain = signal_models(town(signal(**fields | {"type": "274"}, value=30))).static
    assert np.array_equal(named.vertices, plain.vertices)


def test_binding_is_one_to_one_and_ignores_height():
    models = signal_models(town(signal(), signal(id=2, s=51), signal(id=3, s=80)))
    found = bind_signals(models, {7: (50.6, -4.5, 0.7), 8: (51.2, -4.5, 0.7), 9: (90.0, -4.5, 0.0)})
    assert {actor: heads[0].signal_id for actor, heads in found.items()} == {7: "1", 8: "2"}
    assert bind_signals(models, {}) == {}


def test_a_map_without_signals():
    models = signal_models(town())
    assert models.dynamic == ()
    assert models.footprints.shape == (0, 3)


@pytest.mark.parametrize("name", ["Town01", "Town04", "Town10HD"])
def test_posts_of_towns_keep_off_the_lanes(name, data_dir):
    road_map = load_opendrive(data_dir / "carla" / "xodr" / f"{name}.xodr")
    models = signal_models(road_map)
    index = road_map.locate(models.footprints).strip_index
    assert not any(k >= 0 and road_map.strips()[k].type == "driving" for k in index)
    # Nothing hangs lower than a lorry over a driving lane.
    vertices = models.static.vertices.astype(np.float64)
    index = road_map.locate(vertices).strip_index
    strips = road_map.strips()
    over = np.array([k >= 0 and strips[k].type == "driving" for k in index])
    assert (vertices[over, 2] - road_map.elevation(vertices[over, :2]) > 4.3).all()


def test_recorded_lights_of_town01_bind_and_face_alike(data_dir):
    models = signal_models(load_opendrive(data_dir / "carla" / "xodr" / "Town01.xodr"))
    poses = json.loads((data_dir / "carla" / "traffic_light_actor_poses.json").read_text())["Town01"]
    positions = {int(k): np.array([v["loc_cm"][0], -v["loc_cm"][1], v["loc_cm"][2]]) / 100.0 for k, v in poses.items()}
    found = bind_signals(models, positions)
    assert len(found) == 36
    assert len({heads[0].signal_id for heads in found.values()}) == 36
    for actor, heads in found.items():
        # A CARLA light looks 90 degrees clockwise of its actor's x (seen from above, FLU).
        yaw = np.radians(-poses[str(actor)]["rot_rpy_deg"][2] - 90.0)
        assert heads[0].transform[:2, 0] @ [np.cos(yaw), np.sin(yaw)] > 0.99
