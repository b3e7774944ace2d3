import numpy as np
import pytest

from roadmark.catalog import SemanticClass, all_blueprints, blueprint
from roadmark.errors import InputError
from roadmark.render import Material
from roadmark.world.figure import ANKLE, SHIN, THIGH, bend
from roadmark.world.gait import GAITS, STAND, gait_at, posture_at
from roadmark.world.walkers import PHASES, outfit_of, walker_model

ADULT = blueprint("walker.pedestrian.0001")
SPEED = {"stand": 0.0, "stroll": 0.5, "walk": 1.4, "jog": 3.0, "run": 5.0}


@pytest.mark.parametrize("item", all_blueprints("walker"), ids=lambda item: item.id)
def test_every_walker_stands_on_the_ground_at_its_height(item):
    model = walker_model(item)
    mesh, bounds = model.mesh(0.0, 0.0)
    assert bounds[0, 2] == pytest.approx(0.0, abs=0.012)
    assert bounds[1, 2] == pytest.approx(model.height, rel=0.025)
    assert bounds[1, 2] <= item.size[2] * 1.01
    assert 900 <= len(mesh.triangles) <= 1800
    assert set(mesh.semantic.tolist()) == {int(SemanticClass.PEDESTRIAN)}
    assert {Material.SKIN, Material.CLOTH} <= set(mesh.material.tolist())
    assert bounds == pytest.approx(np.stack([mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)]))


def test_capsule_height_is_carlas():
    assert walker_model(ADULT).capsule_height == pytest.approx(0.93)
    assert walker_model(blueprint("walker.pedestrian.0009")).capsule_height == pytest.approx(0.55)


@pytest.mark.parametrize("gait", GAITS[1:], ids=lambda gait: gait.name)
def test_the_standing_foot_does_not_slide(gait):
    height, flat = 1.75, np.linspace(0.2, 0.55, 8)  # shares of the stance during which the sole lies flat
    stride = gait.stride * height
    for side in (0, 1):
        places = []
        for share in flat:
            phase = (share * gait.duty + 0.5 * side) % 1.0
            ankle = posture_at(gait, phase, height).ankles[side]
            places.append(ankle[0] + stride * share * gait.duty)
            assert ankle[2] == pytest.approx(ANKLE * height, abs=2e-3)
        assert np.ptp(places) < 2e-3


@pytest.mark.parametrize("gait", GAITS, ids=lambda gait: gait.name)
def test_bones_keep_their_length_through_the_cycle(gait):
    height = 1.75
    for step in range(PHASES):
        posture = posture_at(gait, step / PHASES, height)
        for sign, knee, ankle in zip((1, -1), posture.knees, posture.ankles, strict=True):
            hip = posture.pelvis + np.array([0.0, sign * 0.05 * height, 0.0])
            assert np.linalg.norm(knee - hip) == pytest.approx(THIGH * height, rel=1e-6)
            assert np.linalg.norm(ankle - knee) == pytest.approx(SHIN * height, rel=1e-6)
            assert knee[0] > min(hip[0], ankle[0]) - 1e-6  # knees bend forwards


@pytest.mark.parametrize("gait", GAITS, ids=lambda gait: gait.name)
def test_cycle_is_smooth_and_closed_and_never_below_the_ground(gait):
    model = walker_model(ADULT)
    previous = None
    for step in range(0, PHASES + 1, 4):
        mesh, bounds = model.mesh(step / PHASES, SPEED[gait.name])
        assert bounds[0, 2] > -0.012
        if previous is not None:
            assert np.linalg.norm(mesh.vertices - previous, axis=1).max() < 0.45
        previous = mesh.vertices


def test_a_walking_person_always_has_a_foot_on_the_ground():
    model = walker_model(ADULT)
    assert max(model.mesh(step / 16, 1.4)[1][0, 2] for step in range(16)) < 0.02


def test_arms_swing_against_the_legs():
    posture = posture_at(gait_at(1.4, 1.75), 0.0, 1.75)  # left heel strikes
    assert posture.ankles[0][0] > posture.ankles[1][0]
    assert posture.wrists[0][0] < posture.wrists[1][0]


@pytest.mark.parametrize(
    ("speed", "name"), [(0.0, "stand"), (0.5, "stroll"), (1.4, "walk"), (3.0, "jog"), (5.0, "run")]
)
def test_speed_chooses_the_gait(speed, name):
    assert gait_at(speed, 1.75).name == name


def test_children_run_at_lower_speeds():
    assert gait_at(2.1, 1.1).name == "jog"
    assert gait_at(2.1, 1.75).name == "walk"


def test_equal_poses_are_the_same_mesh():
    model = walker_model(ADULT, 1)
    assert model.mesh(0.25, 1.3)[0] is model.mesh(1.25 + 0.2 / PHASES, 1.5)[0]
    assert model.mesh(0.1, 0.0)[0] is model.mesh(0.7, 0.05)[0]
    assert model.mesh(0.25, 1.3)[0] is not model.mesh(0.5, 1.3)[0]


def test_stride_grows_with_speed():
    model = walker_model(ADULT)
    strides = [model.stride(speed) for speed in (0.5, 1.4, 3.0, 5.0)]
    assert strides == sorted(strides)
    assert 1.2 < strides[1] < 1.6


def test_variations_dress_differently_and_repeat():
    assert outfit_of(3, 0, child=False) == outfit_of(3, 0, child=False)
    assert len({outfit_of(3, variation, child=False) for variation in range(8)}) == 8


@pytest.mark.parametrize("number", [1, 3, 9, 30])
@pytest.mark.parametrize("speed", [0.0, 1.4, 5.0])
def test_no_face_is_inside_out(number, speed, solids):
    mesh, bounds = walker_model(blueprint(f"walker.pedestrian.{number:04d}")).mesh(0.1, speed)
    assert solids.open_edges(mesh.vertices, mesh.triangles) == 0
    origins, directions = solids.rays_around(bounds[0], bounds[1], 150)
    cosines = solids.first_hit_cosines(mesh.vertices.astype(float), mesh.triangles.astype(int), origins, directions)
    assert np.nanmax(cosines) < 0.0


def test_a_reachable_target_is_reached_and_a_far_one_approached():
    middle, end = bend(np.zeros(3), np.array([0.0, 0.0, -0.8]), 0.5, 0.45, (1.0, 0.0, 0.0))
    assert end == pytest.approx([0.0, 0.0, -0.8])
    assert middle[0] > 0.1
    _, far = bend(np.zeros(3), np.array([0.0, 0.0, -3.0]), 0.5, 0.45, (1.0, 0.0, 0.0))
    assert far[2] == pytest.approx(-0.95, abs=1e-3)


def test_only_walkers_walk():
    assert STAND.duty == 1.0
    with pytest.raises(InputError, match="is no walker"):
        walker_model(blueprint("vehicle.audi.tt"))
