"""What a simulation can be told, and what then is in the clip."""

import json
import math

import numpy as np
import pytest
from simulate_samples import (
    Mover,
    at,
    contents,
    going,
    make_plan,
    sensor,
    simulate,
    spying,
    write_cameras,
    write_log,
    write_map,
)

from roadmark.catalog import blueprint
from roadmark.clip import Clip
from roadmark.clip.odvg import world_box
from roadmark.errors import ConfigError
from roadmark.media import read_image
from roadmark.simulate import run_simulation
from roadmark.simulate.processors import default_threads

pytestmark = pytest.mark.usefixtures("bare_town")

SIDE = sensor((30.0, -9.0, 4.0), pitch=20, yaw=90, size=(160, 96), name="side")
TIMES = [0.0, 0.1, 0.2, 0.3]


def inputs(tmp_path, movers, *sensors, times=TIMES, **more):
    return {
        "recorder_filename": write_log(tmp_path / "a.log", movers, times),
        "xodr_path": write_map(tmp_path),
        "camera_config": write_cameras(tmp_path / "c.yaml", *(sensors or (SIDE,))),
        "generate_videos": False,
        "target_fps": 10.0,
        "duration": 0.1,
        "area_threshold": 1.0,
        **more,
    }


def records(frame):
    return {r["object-id"]: r for r in json.loads(frame.file("odvg").read_text())["detections"]["instances"]}


def test_cameras_ride_on_the_actor_they_follow(tmp_path):
    # 1.2 m behind and 2.5 m above the car's origin; the car drives north-east and turns.
    car = Mover(5, lambda t: (30.0 + 20 * t, 3.0 * t, 0.5 * t))
    behind = sensor((-6.0, 0.0, 2.5), pitch=10, size=(160, 96))
    (clip,) = simulate(
        tmp_path / "clip", **inputs(tmp_path, [car, Mover(6, at(60.0, 2.0))], behind, duration=0.3),
        camera_follow_actor=5,
    )  # fmt: skip
    assert len(clip) == 3
    for frame in clip:
        x, y, heading = car.course(frame.time)
        cos, sin = math.cos(heading), math.sin(heading)
        np.testing.assert_allclose(frame.pose.translation, [x - 6 * cos, y - 6 * sin, 2.5], atol=1e-4)
        forward = frame.pose.rotation[:, 2]
        down = math.radians(10)
        np.testing.assert_allclose(forward, [cos * math.cos(down), sin * math.cos(down), -math.sin(down)], atol=1e-5)
        # so the car keeps its place in the picture
        box = frame.labels().objects[0].box.transformed(frame.pose.inverse())
        np.testing.assert_allclose(box.center, clip[0].labels().objects[0].box.transformed(
            clip[0].pose.inverse()).center, atol=1e-4)  # fmt: skip
        assert 5 in records(frame)


def test_the_ridden_car_is_not_seen_from_inside(tmp_path):
    inside = sensor((0.3, 0.0, 1.1), size=(160, 96))
    cars = [Mover(5, at(30.0, -1.75)), Mover(6, at(40.0, -1.75))]
    with spying() as spy:
        (clip,) = simulate(tmp_path / "clip", **inputs(tmp_path, cars, inside), camera_follow_actor=5)
    assert 5 not in np.unique(clip[0].instance())
    assert set(records(clip[0])) == {6}
    assert {actor.actor_id for actor in spy.shots[0].actors} == {6}
    # its shadow stays, so it still is among what is rendered
    assert 5 in {instance.object_id for instance in spy.shots[0].instances}


def test_following_goes_on_after_the_actor_is_gone(tmp_path):
    cars = [Mover(5, going(30.0, -1.75, 0.0, 10.0), until=0.1), Mover(6, at(50.0, -1.75))]
    (clip,) = simulate(
        tmp_path / "clip", **inputs(tmp_path, cars, sensor((-6.0, 0.0, 2.5)), duration=0.3), camera_follow_actor=5
    )
    np.testing.assert_allclose([frame.pose.translation[0] for frame in clip], [24.0, 25.0, 25.0], atol=1e-4)


def test_a_followed_prop_hides_nothing_but_itself(tmp_path):
    # Props share the static world's id 0: riding inside one must not hide the town.
    movers = [Mover(5, at(30.0, -1.75)), Mover(8, at(24.0, -1.75), "static.prop.container", None, kind=0)]
    (clip,) = simulate(
        tmp_path / "clip", **inputs(tmp_path, movers, sensor((0.0, 0.0, 1.0), size=(160, 96))), camera_follow_actor=8
    )
    assert np.isfinite(clip[0].depth()).mean() > 0.3


@pytest.mark.parametrize(("actor", "options"), [(99, {}), (7, {"ignore_hero": True})])
def test_following_nobody_is_an_error_that_lists_who_there_is(tmp_path, actor, options):
    movers = [Mover(5, at(30.0, -1.75)), Mover(7, at(40.0, -1.75), role="hero")]
    with pytest.raises(
        ConfigError, match=rf"camera_follow_actor = {actor}: .*a\.log has no such moving actor; it has 5"
    ):
        make_plan(tmp_path / "clip", **inputs(tmp_path, movers), camera_follow_actor=actor, **options)


def test_the_hero_can_be_left_out(tmp_path):
    movers = [Mover(5, at(28.0, -1.75)), Mover(7, at(34.0, -1.75), role="hero")]
    options = inputs(tmp_path, movers)
    (both,) = simulate(tmp_path / "both", **options)
    (one,) = simulate(tmp_path / "one", **options, ignore_hero=True)
    assert set(records(both[0])) == {5, 7}
    assert set(records(one[0])) == {5}
    assert 7 not in np.unique(one[0].instance())


def test_far_and_small_objects_are_seen_and_not_labelled(tmp_path):
    movers = [Mover(5, at(29.0, -1.75)), Mover(6, at(33.0, 1.75, math.pi))]
    options = inputs(tmp_path, movers, sensor((30.0, -9.0, 4.0), pitch=8, yaw=90, size=(160, 96)))
    (everything,) = simulate(tmp_path / "all", **options)
    found = records(everything[0])
    assert set(found) == {5, 6}
    distances = {key: record["bbox_3d"]["distance_to_camera"] for key, record in found.items()}
    between = sum(distances.values()) / 2
    (near,) = simulate(tmp_path / "near", **options, limit_distance=between)
    assert set(records(near[0])) == {min(distances, key=distances.get)}
    np.testing.assert_array_equal(near[0].instance(), everything[0].instance())
    areas = {
        key: (r["bbox_2d"][2] - r["bbox_2d"][0] + 1) * (r["bbox_2d"][3] - r["bbox_2d"][1] + 1)
        for key, r in found.items()
    }
    smaller, larger = sorted(areas, key=areas.get)
    for limit, expected in ((areas[smaller], {5, 6}), (areas[smaller] + 1, {larger})):
        (large,) = simulate(tmp_path / f"area{limit}", **(options | {"area_threshold": float(limit)}))
        assert set(records(large[0])) == expected
        np.testing.assert_array_equal(large[0].instance(), everything[0].instance())


def test_several_cameras_make_a_clip_each_of_the_same_instants(tmp_path):
    other = sensor((40.0, -9.0, 4.0), pitch=20, yaw=100, size=(128, 80), name="other")
    options = inputs(tmp_path, [Mover(5, at(30.0, -1.75)), Mover(6, at(36.0, -1.75))], SIDE, other, duration=0.2)
    beside = simulate(tmp_path / "clip", **options)
    assert [clip.path.name for clip in beside] == ["clip_side", "clip_other"]
    inside = simulate(tmp_path / "nested", nest=True, **options)
    assert [str(clip.path.relative_to(tmp_path)) for clip in inside] == ["nested/side", "nested/other"]
    for one, two in zip(beside, inside, strict=True):
        assert contents(one.path) == contents(two.path)
    assert [clip.size for clip in beside] == [(160, 96), (128, 80)]
    assert [frame.time for frame in beside[0]] == [frame.time for frame in beside[1]]
    for mine, theirs in zip(*beside, strict=True):
        np.testing.assert_array_equal(mine.labels().objects[0].box.corners(), theirs.labels().objects[0].box.corners())
    (alone,) = simulate(tmp_path / "one", **(options | {"camera_config": write_cameras(tmp_path / "1.yaml", SIDE)}))
    # A camera's clip does not depend on its neighbours, but for the scenery that both keep out of their view.
    assert [set(records(frame)) for frame in alone] == [set(records(frame)) for frame in beside[0]]


def test_nothing_optional_is_written_unless_asked(tmp_path):
    (clip,) = simulate(tmp_path / "clip", **inputs(tmp_path, [Mover(5, at(30.0, -1.75))]))
    assert clip.manifest.videos == ()
    assert not (clip.path / "videos").exists()
    folders = {path.name for path in clip.path.iterdir() if path.is_dir()}
    assert folders == {
        "rgb", "depth", "edges", "odvg", "normals", "source", "semantic_segmentation", "semantic_segmentation_raw",
        "instance_segmentation", "instance_segmentation_raw",
    }  # fmt: skip


def test_masked_edges_and_millimetres_on_request(tmp_path):
    options = inputs(tmp_path, [Mover(5, at(30.0, -1.75))])
    (plain,) = simulate(tmp_path / "plain", **options)
    (other,) = simulate(tmp_path / "other", **options, edges="masked", depth_unit="mm")
    keep = make_plan(tmp_path / "x", **options).class_filter[plain[0].semantic()]
    np.testing.assert_array_equal(other[0].edges(), plain[0].edges() & keep)
    assert other.manifest.depth.unit == "mm"
    depth, millimetres = plain[0].depth(), read_image(other[0].file("depth"))
    near = depth < 65.0
    assert np.abs(millimetres[near] / 1000 - depth[near]).max() <= 0.5 / 256 + 0.5 / 1000 + 1e-6
    assert (millimetres[np.isfinite(depth) & (depth > 65.6)] == 65535).all()  # saturates, never wraps


def test_unknown_blueprints_are_drawn_like_something_of_their_kind_and_said(tmp_path):
    movers = [
        Mover(5, at(26.0, -1.75), "vehicle.acme.rocket"),
        Mover(6, at(31.0, -1.75), "vehicle.acme.tricycle", attributes=(("number_of_wheels", "2"),)),
        Mover(7, at(36.0, -1.75), "walker.pedestrian.9999", None, kind=2, height=0.93),
        Mover(8, at(20.0, -1.75), "sensor.unheard.of", None, kind=0),
    ]
    options = inputs(tmp_path, movers, sensor((30.0, -12.0, 5.0), pitch=20, yaw=90, size=(240, 120)))
    plan = make_plan(tmp_path / "clip", **options)
    notes = [note for note in plan.notes if "not in the catalogue" in note]
    assert notes == [
        "vehicle.acme.rocket is not in the catalogue; drawn like vehicle.toyota.prius",
        "vehicle.acme.tricycle is not in the catalogue; drawn like vehicle.yamaha.yzf",
        "walker.pedestrian.9999 is not in the catalogue; drawn like walker.pedestrian.0001",
    ]
    (result,) = run_simulation(plan)
    clip = Clip.open(result.path)
    found = records(clip[0])
    assert {key: (r["category"], r["blueprint_id"]) for key, r in found.items()} == {
        5: ("car", "vehicle.acme.rocket"),
        6: ("motorcycle", "vehicle.acme.tricycle"),
        7: ("pedestrian", "walker.pedestrian.9999"),
    }
    assert set(notes) <= set(clip.manifest.notes)
    prius = 2 * np.array(blueprint("vehicle.toyota.prius").half_extents)
    np.testing.assert_allclose(world_box(found[5]["bbox_3d_world"]).size, prius, atol=1e-6)


def test_ids_beyond_16_bits_are_mapped_and_told(tmp_path):
    movers = [Mover(70_001, at(28.0, -1.75)), Mover(4_000_000_000, at(34.0, -1.75)), Mover(12, at(40.0, -1.75))]
    (clip,) = simulate(tmp_path / "clip", **inputs(tmp_path, movers, overlays=True))
    stored = set(np.unique(clip[0].instance()).tolist()) - {0}
    assert len(stored) == 3
    assert max(stored) <= 65535
    assert set(np.unique(clip[0].actor_ids()).tolist()) - {0} == {12, 70_001, 4_000_000_000}
    assert set(records(clip[0])) == {12, 70_001, 4_000_000_000}
    assert set(clip.changed_ids.values()) == {70_001, 4_000_000_000}
    rows = {row["object_id"]: row["stored_id"] for row in clip.table().to_pylist()}
    for object_id, stored_id in rows.items():
        xs = np.nonzero(clip[0].instance() == stored_id)[1]
        assert len(xs) == records(clip[0])[object_id]["mask_area"]


def test_recorded_boxes_of_another_size_are_honoured(tmp_path):
    # A "tt" that the recording says is 6 m long, 2.4 m wide and 2 m high, with its middle 0.5 m ahead.
    movers = [Mover(5, at(30.0, -1.75), box=((0.5, 0.0, 1.0), (3.0, 1.2, 1.0)))]
    with spying() as spy:
        (clip,) = simulate(tmp_path / "clip", **inputs(tmp_path, movers))
    record = records(clip[0])[5]
    box = world_box(record["bbox_3d_world"])
    np.testing.assert_allclose(box.size, [6.0, 2.4, 2.0], atol=1e-5)
    np.testing.assert_allclose(box.center, [30.5, -1.75, 1.0], atol=1e-5)
    parts = [i.mesh.vertices @ i.transform[:, :3].T + i.transform[:, 3] for i in spy.shots[0].actors[0].instances]
    body = np.concatenate(parts)
    np.testing.assert_allclose(body.max(axis=0), [33.5, -0.55, 2.0], atol=0.06)
    np.testing.assert_allclose(body.min(axis=0), [27.5, -2.95, 0.0], atol=0.06)
    assert record["blueprint_id"] == "vehicle.audi.tt"


def test_boxes_without_width_are_the_catalogues(tmp_path):
    movers = [Mover(5, at(30.0, -1.75), "vehicle.bh.crossbike", box=((0.0, 0.0, 0.8), (0.75, 0.0, 0.8)))]
    (clip,) = simulate(tmp_path / "clip", **inputs(tmp_path, movers))
    size = world_box(records(clip[0])[5]["bbox_3d_world"]).size
    np.testing.assert_allclose(size, 2 * np.array(blueprint("vehicle.bh.crossbike").half_extents), atol=1e-5)


def test_lamps_light_the_night(tmp_path):
    # Opposite a car with its high beams on, the road before it is brighter than without; labels stay.
    low = Mover(5, at(30.0, -1.75), lights=0)
    high = Mover(5, at(30.0, -1.75), lights=1 | 4)
    above = sensor((38.0, -6.0, 4.0), pitch=30, yaw=90, size=(160, 96))
    clips = {}
    for name, mover in (("off", low), ("on", high)):
        (tmp_path / name).mkdir()
        (clips[name],) = simulate(tmp_path / name / "clip", **inputs(tmp_path / name, [mover], above), lighting="night")
    assert clips["on"][0].rgb().mean() > 1.2 * clips["off"][0].rgb().mean()
    np.testing.assert_array_equal(clips["on"][0].instance(), clips["off"][0].instance())


def test_sources_suffice_for_a_re_render(tmp_path):
    options = inputs(tmp_path, [Mover(5, at(30.0, -1.75))], duration=0.2, seed=3, weather="overcast")
    (clip,) = simulate(tmp_path / "clip", **options)
    render = json.loads(clip.source("render.json").read_text())
    again_options = {
        "recorder_filename": clip.source("recording.log"),
        "xodr_path": clip.source("map.xodr"),
        "camera_config": options["camera_config"],
        "duration": 0.2,
        "target_fps": render["fps"][0] / render["fps"][1],
        **{name: render[name] for name in ("start_time", "seed", "quality", "weather", "lighting", "road")},
        "area_threshold": render["area_threshold"],
        "generate_videos": False,
    }
    (again,) = simulate(tmp_path / "again", **again_options)
    for one, two in zip(clip, again, strict=True):
        for folder in ("rgb", "depth", "instance_segmentation_raw", "odvg"):
            assert one.file(folder).read_bytes() == two.file(folder).read_bytes()
    assert render["camera"]["width"] == 160
    np.testing.assert_allclose(render["camera"]["pose"], clip[0].pose.matrix)


def test_large_recordings_are_referred_to_by_their_hash(tmp_path, monkeypatch):
    monkeypatch.setattr("roadmark.simulate.run.STORED_SOURCE_BYTES", 10)
    (clip,) = simulate(tmp_path / "clip", **inputs(tmp_path, [Mover(5, at(30.0, -1.75))]))
    record = clip.manifest.source["recording.log"]
    assert record.file is None
    assert len(record.sha256) == 64
    assert not (clip.path / "source/recording.log").exists()


def test_all_processors_are_used_by_default(monkeypatch):
    assert default_threads() >= 1
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    assert default_threads() >= 1


def test_progress_hears_of_every_frame(tmp_path):
    heard = []
    other = sensor((40.0, -9.0, 4.0), pitch=20, yaw=100, size=(128, 80), name="other")
    plan = make_plan(tmp_path / "clip", **inputs(tmp_path, [Mover(5, at(30.0, -1.75))], SIDE, other, duration=0.2))
    run_simulation(plan, progress=lambda count=1: heard.append(count))
    assert sum(heard) == 4
