"""Whole captions of whole clips."""

import json
import math
import shutil

import pytest

from labelled_world import BLUE, CLEAR_MORNING, MAST, ORANGE, WHITE, Part, standing, straight, write_world
from roadmark.captions import GroundTruthCaptioner
from roadmark.clip import Clip, ClipEvent, CollisionEvent
from roadmark.errors import FormatError, InputError
from roadmark.geometry import Pose
from roadmark.variations import check_prompt

STRIKING, STRUCK, VAN, WALKER, CYCLIST = 1, 2, 3, 4, 5
PARTS = [
    Part(STRIKING, "vehicle.dodge.charger_2020", straight((16.25, 1.75), math.pi, 3.0, stops=4.0), ORANGE),
    Part(STRUCK, "vehicle.audi.tt", straight((1.75, -12.0), math.pi / 2, 3.0, stops=4.0), BLUE),
    Part(VAN, "vehicle.mercedes.sprinter", standing(-1.75, 20.0, -math.pi / 2), WHITE),
    Part(WALKER, "walker.pedestrian.0001", straight((-16.0, -8.0), math.pi / 2, 1.3)),
    Part(CYCLIST, "vehicle.bh.crossbike", straight((-20.0, -1.75), 0.0, 4.0)),
]
CRASH = CollisionEvent(
    4.0, 5.0, 20, 25, (STRIKING, STRUCK), "vehicle_vehicle", "",
    {
        "kind": "side_collision", "roles": {"1": "striking", "2": "struck"}, "cause": "did not give way",
        "contact_time": 4.0, "place": {"position": [3.0, 1.0, 0.0], "junction": "100"},
    },
)  # fmt: skip
SCENE = (
    "A fixed camera about nine metres above the ground looks down at a four-way junction with traffic lights and "
    "crosswalks, whose roads have one lane in each direction. Buildings can be seen around it."
)
INCIDENT = (
    "About four seconds in, an orange sedan fails to give way and hits the right side of a blue coupe in a side "
    "collision, in the middle of the picture. Both come to rest."
)
TRAFFIC = "A white van is standing still; a cyclist rides away from the camera and to the right."
ON_FOOT = "One pedestrian crosses on a crosswalk."
CONDITIONS = "It is mid-morning with a clear sky, and the road is dry."


@pytest.fixture(scope="module")
def crash(tmp_path_factory):
    return write_world(tmp_path_factory.mktemp("crash") / "clip", PARTS, collisions=[CRASH])


def caption(path):
    return GroundTruthCaptioner().caption(Clip.open(path))


def test_a_clip_s_whole_caption(crash):
    told = caption(crash)
    assert told.core == f"{SCENE} {INCIDENT} {TRAFFIC} {ON_FOOT}"
    assert told.conditions == CONDITIONS
    assert told.text == f"{told.core} {CONDITIONS}"
    assert told.terms == ("side collision", "orange sedan", "blue coupe")
    assert told.facts["captioner"] == "groundtruth"
    assert told.facts["clip"] == Clip.open(crash).digest


def test_the_words_that_must_stay_stand_in_the_core_and_contradict_no_condition(crash):
    told = caption(crash)
    assert check_prompt(told.core, {}, told.terms) == ()
    night = {"weather_condition": "snow_falling", "lighting_condition": "night", "road_condition": "snow"}
    assert not [problem for problem in check_prompt(told.core, night) if problem.startswith("says")]


def test_the_same_clip_gets_the_same_words_whoever_was_captioned_before(crash):
    captioner = GroundTruthCaptioner()
    first = captioner.caption(Clip.open(crash))
    assert captioner.caption(Clip.open(crash)) == first == caption(crash)


def test_a_clip_without_a_table_is_read_frame_by_frame(crash, tmp_path):
    other = shutil.copytree(crash, tmp_path / "clip")
    (other / "labels.parquet").unlink()
    assert caption(other).core == caption(crash).core


def test_a_clip_without_a_map_says_nothing_of_the_place(tmp_path):
    told = caption(write_world(tmp_path / "clip", PARTS, collisions=[CRASH], with_map=False))
    assert told.core == (
        "A fixed camera about nine metres above the ground looks down at the road. Buildings can be seen around it. "
        f"{INCIDENT} {TRAFFIC} One pedestrian walks."
    )


def test_beside_a_junction_the_road_is_told(tmp_path):
    event = ClipEvent(
        "speeding", 1.0, 2.0, 5, 10, (STRUCK,),
        attributes={"place": {"position": [60.0, -1.75, 0.0], "junction": None}, "kind": "speeding"},
    )  # fmt: skip
    told = caption(write_world(tmp_path / "clip", PARTS[:2], seconds=3.0, events=[event]))
    assert told.core.startswith(
        "A fixed camera about nine metres above the ground looks down along a two-way road with one lane in each "
        "direction, sidewalks and crosswalks."
    )


def test_a_junction_out_of_view_is_not_told(tmp_path):
    event = ClipEvent(
        "wrong_way", 0.0, 2.0, 0, 9, (CYCLIST,),
        attributes={"place": {"position": [60.0, -1.75, 0.0], "junction": "100"}},
    )  # fmt: skip
    away = Pose(MAST.rotation, MAST.translation + [50.0, 12.0, 0.0], "world", "body")  # 32 m beyond the middle
    part = Part(CYCLIST, "vehicle.bh.crossbike", straight((46.0, -1.75), 0.0, 4.0))
    told = caption(write_world(tmp_path / "clip", [part], seconds=2.0, events=[event], body=lambda time: away))
    assert told.core.startswith(
        "A fixed camera about nine metres above the ground looks down along a two-way road with one lane in each "
        "direction and sidewalks."
    )


def test_an_empty_scene_is_said_to_be_empty(tmp_path):
    told = caption(write_world(tmp_path / "clip", [], seconds=1.0))
    assert told.core == f"{SCENE} No collision happens. No vehicle and no pedestrian comes near the camera."
    assert told.terms == ()


def test_quiet_traffic_has_no_incident(tmp_path):
    walk = ClipEvent("stroll", 0.0, 1.0, 0, 5, (99,))  # of someone who is not in the picture
    told = caption(write_world(tmp_path / "clip", PARTS[2:], events=[walk]))
    assert told.core == f"{SCENE} {TRAFFIC} {ON_FOOT}"


def test_who_is_parked_is_told_from_who_waits(tmp_path):
    kerb = Part(6, "vehicle.audi.a2", standing(10.0, 21.0), BLUE)  # off every lane
    told = caption(write_world(tmp_path / "clip", [PARTS[2], kerb], seconds=2.0))
    assert "a blue hatchback is parked at the roadside" in told.core.replace("A blue", "a blue")
    assert "a white van is standing still" in told.core.replace("A white", "a white")


def test_someone_who_is_hit_falls(tmp_path):
    path = straight((1.0, -6.0), math.pi / 2, 1.0, stops=3.0)
    parts = [PARTS[0], Part(WALKER, "walker.pedestrian.0001", path, lies_from=3.0)]
    event = CollisionEvent(3.0, 3.5, 15, 17, (STRIKING, WALKER), "vehicle_walker", attributes={
        "kind": "pedestrian_collision", "cause": "stepped onto the road away from a crosswalk",
        "roles": {"1": "striking", "4": "pedestrian"},
    })  # fmt: skip
    told = caption(write_world(tmp_path / "clip", parts, collisions=[event]))
    assert (
        "About three seconds in, a pedestrian steps onto the road away from a crosswalk and is hit by an orange sedan, "
        "in the middle of the picture. The orange sedan comes to rest and the pedestrian falls and stays lying on the "
        "road."
    ) in told.core


def test_a_camera_that_rides_along_sees_no_place_but_what_it_comes_to(tmp_path):
    def driving(time):
        return Pose(MAST.rotation, MAST.translation + [2.0 * time * 0.79, 2.0 * time * 0.613, -6.5], "world", "body")

    event = CollisionEvent(4.0, 5.0, 20, 25, (99, STRIKING), "vehicle_vehicle", attributes={
        "kind": "side_collision", "roles": {"1": "striking", "99": "struck"}, "cause": "ran a red light",
    })  # fmt: skip
    rider = Part(99, "vehicle.audi.tt", straight((-18.0, -14.0), 0.66, 2.0), WHITE)
    told = caption(write_world(tmp_path / "clip", [*PARTS, rider], collisions=[event], body=driving, carrier=99))
    assert told.core.startswith(
        "A camera on a moving vehicle about two metres above the ground looks ahead and comes to a four-way junction "
        "with traffic lights"
    )
    assert (
        "an orange sedan runs a red light and hits the side of the vehicle with the camera in a side collision"
        in told.core
    )


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        (CLEAR_MORNING, CONDITIONS),
        (
            {"weather": "raining", "lighting": "night", "road": "dry"},
            "It is night with rain falling, and the road is wet.",
        ),
        ({"weather": "snow_falling", "lighting": "sunset", "road": "dry"}, "It is sunset with snow falling."),
        (
            {"weather": "fog", "lighting": "golden_hour", "road": "flooding"},
            "It is the golden hour with fog over the scene, and the road is flooded.",
        ),
        (
            {**CLEAR_MORNING, "sun_time": "2026-06-21T21:30:00+02:00"},
            "The scene is seen with a clear sky, and the road is dry.",
        ),
        ({"weather": "hail", "road": "sand"}, "The road is covered with sand."),
        ({}, ""),
    ],
)
def test_conditions_stand_apart(tmp_path, conditions, sentence):
    told = caption(write_world(tmp_path / "clip", [], seconds=0.4, conditions=conditions))
    assert told.conditions == sentence
    assert told.text == f"{told.core} {sentence}".strip()


def test_many_actors_fit_into_a_prompt(tmp_path):
    styles = ["audi.a2", "tesla.model3", "mercedes.sprinter", "jeep.wrangler_rubicon", "bmw.grandtourer", "ford.crown"]
    crowd = [
        Part(10 + number, f"vehicle.{style}", straight((-9.0 + 3 * number, -11.0), math.pi / 2, 1.0 + number), color)
        for number, (style, color) in enumerate(zip(styles, [ORANGE, BLUE, WHITE] * 2, strict=True))
    ]
    people = [Part(30 + number, "walker.pedestrian.0001", standing(number, number)) for number in range(8)]
    events = [
        ClipEvent("speeding", float(number), number + 1.0, 5 * number, 5 * number + 4, (10 + number,), attributes={
            "measures": {"speed": 20.0, "limit": 13.9}
        })
        for number in range(6)
    ]  # fmt: skip
    told = caption(write_world(tmp_path / "clip", [*PARTS, *crowd, *people], events=events, collisions=[CRASH]))
    assert 100 < len(told.text.split()) <= 180
    assert "side collision" in told.core


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("labels.parquet", b"PAR1 not really PAR1"),
        ("events.json", b"{}"),
        ("source/map.xodr", b"<OpenDRIVE>"),
        ("source/render.json", b"{"),
    ],
)
def test_damaged_files_are_named(crash, tmp_path, file, data):
    other = shutil.copytree(crash, tmp_path / "clip")
    (other / file).write_bytes(data)
    with pytest.raises(FormatError, match=file):
        caption(other)


def test_a_table_without_its_columns_is_damaged(crash, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    other = shutil.copytree(crash, tmp_path / "clip")
    pq.write_table(pa.table({"frame": [0]}), other / "labels.parquet")
    with pytest.raises(FormatError, match="labels.parquet: KeyError"):
        caption(other)


def test_a_missing_label_file_is_named(crash, tmp_path):
    other = shutil.copytree(crash, tmp_path / "clip")
    (other / "labels.parquet").unlink()
    (other / "odvg" / "odvg_000000000003.json").unlink()
    with pytest.raises(InputError, match="odvg_000000000003.json"):
        caption(other)


def test_captions_can_be_kept_as_json(crash):
    told = caption(crash)
    assert json.loads(json.dumps(dict(told.facts))) == dict(told.facts)
    assert not any(str(crash) in str(value) for value in told.facts.values())
