"""Hard negatives: distances are exact, the pairs are the ones asked for, and none of them collides."""

import json
from fractions import Fraction

import numpy as np
import pytest
import shapely
import shapely.affinity
from dataset_samples import make_tracks
from hypothesis import given
from hypothesis import strategies as st

from roadmark.clip import Clip, ClipEvent, ClipWriter, CollisionEvent, FrameImages, FrameLabels, ObjectLabel
from roadmark.dataset import NegativeOptions, find_hard_negatives, negative_path, read_negatives, write_negatives
from roadmark.dataset.gaps import UprightBoxes, box_gaps, least_gaps
from roadmark.dataset.negatives import choose_negatives
from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.geometry import Box3D, PinholeCamera, Pose, rotation_from_rpy

OPTIONS = NegativeOptions(least_time=0.0)


def boxes(center, yaw=0.0, size=(4.0, 2.0, 1.5)):
    return UprightBoxes(np.array([center], np.float64), np.array([yaw]), np.array([size], np.float64))


@pytest.mark.parametrize(
    ("other", "gap"),
    [
        (boxes((6.0, 0.0, 0.0)), 2.0),  # 6 m between centres, 2 m of each car in between
        (boxes((7.0, 6.0, 0.0)), 5.0),  # corner to corner: 3 m along, 4 m across
        (boxes((6.0, 0.0, 0.0), np.pi / 2), 3.0),  # the other stands across: 2 + 1 m in between
        (boxes((3.9, 0.0, 0.0)), 0.0),  # overlap
        (boxes((0.0, 0.0, 5.0)), 3.5),  # on a bridge: 5 m up, 1.5 m of boxes in between
        (boxes((2.0, 1.0 + 2**0.5, 0.0), np.pi / 4, (2.0, 2.0, 1.5)), 0.0),  # its corner touches the corner's side
    ],
)
def test_gaps_of_boxes(other, gap):
    assert box_gaps(boxes((0.0, 0.0, 0.0)), other) == pytest.approx([gap], abs=1e-9)
    assert box_gaps(other, boxes((0.0, 0.0, 0.0))) == pytest.approx([gap], abs=1e-9)


rectangles = st.tuples(*[st.floats(-8, 8)] * 2, st.floats(-4, 4), st.floats(0.1, 6), st.floats(0.1, 6))


@given(rectangles, rectangles)
def test_gaps_are_those_of_polygons(a, b):
    def polygon(x, y, yaw, length, width):
        flat = shapely.box(-length / 2, -width / 2, length / 2, width / 2)
        return shapely.affinity.translate(shapely.affinity.rotate(flat, yaw, (0, 0), use_radians=True), x, y)

    found = box_gaps(*(boxes((x, y, 0.0), yaw, (length, width, 1.0)) for x, y, yaw, length, width in (a, b)))
    assert found == pytest.approx([polygon(*a).distance(polygon(*b))], abs=1e-6)


def test_the_least_gap_of_a_passage_is_found():
    times = np.linspace(-1.0, 1.0, 41)
    passing = [[(20.0 * t, 3.5, 0.0), (-20.0 * t, 0.0, 0.0)] for t in times]  # 1.5 m apart in the middle
    tracks = make_tracks(passing)
    pairs = np.array([[0, 1]])
    assert least_gaps(tracks, pairs, np.ones((41, 1), bool)) == pytest.approx([1.5])
    ends = np.zeros((41, 1), bool)
    ends[[0, -1]] = True
    assert least_gaps(tracks, pairs, ends) == pytest.approx([np.hypot(36.0, 1.5)])
    assert least_gaps(tracks, pairs, np.zeros((41, 1), bool)) == [np.inf]


STANDING = np.array([(0.0, 0.0, 0.0), (5.0, 0.0, 0.0), (0.0, 8.0, 0.0), (40.0, 0.0, 0.0), (90.0, 0.0, 0.0)])
"""Gaps: 100-101 1 m, 100-102 6 m, 101-102 hypot(1, 6) m; 103 and 104 far away."""


def chosen(tracks, collisions=(), options=OPTIONS, seed=0):
    found = choose_negatives(tracks, collisions, 1080, np.random.default_rng(seed), options)
    return {negative.kind: (negative.event.actor_ids, round(negative.gap, 6)) for negative in found}


def test_every_kind_is_what_it_says():
    square = 200.0 * np.arange(5)[:, None] + np.array([0.0, 0.0, 100.0, 100.0])
    square[4] = square[0] + 10.0  # far away, yet before 100 in the picture: 90 x 90 of 100 x 100 pixels
    tracks = make_tracks([STANDING] * 3, boxes=square, lanes=[1, 2, 3, 2, 4])
    assert chosen(tracks, [(102, 103)]) == {
        "closest": ((100, 101), 1.0),
        "same_lane": ((101, 103), 31.0),
        "occluding": ((100, 104), 86.0),
        "involved": ((100, 102), 6.0),
        "random": chosen(tracks, [(102, 103)])["random"],
    }


def test_who_collides_or_touches_is_never_chosen():
    tracks = make_tracks([STANDING] * 3)
    assert chosen(tracks, [(101, 100)])["closest"] == ((100, 102), 6.0)
    near = STANDING.copy()
    near[1, 0] = 4.04  # 4 cm from bumper to bumper
    assert chosen(make_tracks([near] * 3))["closest"] == ((100, 102), 6.0)
    assert chosen(make_tracks([STANDING, near, STANDING]))["closest"] == ((100, 102), 6.0)


def test_only_who_can_be_seen_long_enough_is_chosen():
    visible = np.ones((10, 5))
    visible[3:, 1] = 0.2  # 101 is hidden after 0.3 s
    tracks = make_tracks([STANDING] * 10, visible=visible)
    assert chosen(tracks)["closest"] == ((100, 101), 1.0)
    assert chosen(tracks, options=NegativeOptions(least_time=0.5))["closest"] == ((100, 102), 6.0)
    small = np.tile([0.0, 0.0, 27.0, 100.0], (5, 1))  # 27 pixels of 1080 are too few
    assert chosen(make_tracks([STANDING] * 10, boxes=small)) == {}


def test_an_event_lasts_while_both_are_legible():
    visible = np.ones((10, 5))
    visible[:2, 0] = visible[8:, 1] = 0.0
    (found,) = choose_negatives(
        make_tracks([STANDING] * 10, visible=visible), [], 1080, np.random.default_rng(0),
        NegativeOptions(kinds=["closest"]),
    )  # fmt: skip
    assert (found.event.first_frame, found.event.last_frame) == (2, 7)
    assert (found.event.start_time, found.event.end_time) == pytest.approx((0.2, 0.7))


def test_choice_is_seeded():
    tracks = make_tracks([STANDING] * 3)
    options = NegativeOptions(kinds=["random"], least_time=0.0)
    draws = {chosen(tracks, options=options, seed=seed)["random"] for seed in range(60)}
    assert len(draws) == 10  # every pair of five comes up
    assert chosen(tracks, options=options, seed=5) == chosen(tracks, options=options, seed=5)


def test_pairs_are_looked_at_in_blocks(monkeypatch):
    square = 200.0 * np.arange(5)[:, None] + np.array([0.0, 0.0, 100.0, 100.0])
    square[4] = square[0] + 10.0
    tracks = make_tracks([STANDING] * 3, boxes=square, lanes=[1, 2, 3, 2, 4])
    whole = chosen(tracks, [(102, 103)])
    monkeypatch.setattr("roadmark.dataset.gaps.BLOCK", 6)  # two pairs of three frames
    assert chosen(tracks, [(102, 103)]) == whole
    assert set(whole) == {"closest", "same_lane", "occluding", "involved", "random"}


def test_a_pair_is_chosen_once():
    found = choose_negatives(
        make_tracks([STANDING] * 3), [(100, 103)], 1080, np.random.default_rng(0),
        NegativeOptions(per_kind=20, least_time=0.0),
    )  # fmt: skip
    pairs = [negative.event.actor_ids for negative in found]
    assert len(pairs) == len(set(pairs)) == 9  # ten pairs but for the one that collides


def test_nobody_and_alone_have_no_pair():
    assert chosen(make_tracks(np.zeros((3, 1, 3)))) == {}
    assert chosen(make_tracks(np.zeros((3, 0, 3)))) == {}


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"per_kind": 0}, "per_kind must be 1 or more"),
        ({"kinds": ["nearest"]}, "kind 'nearest' is not known; use closest"),
        ({"least_visible": 2.0}, "least_visible must be within 0 and 1"),
        ({"least_time": -1.0}, "least_time must be 0 or more"),
    ],
)
def test_options_are_checked(fields, complaint):
    with pytest.raises(ConfigError, match=complaint):
        NegativeOptions(**fields)


def write_clip(path, collisions=()):
    """Three cars in a row, 5, 10 and 20 m ahead of a fixed camera, 10 frames at 10 per second; a walker beside them."""
    size = (64, 48)
    black = FrameImages(
        np.zeros((48, 64, 3), np.uint8), np.full((48, 64), 9, np.float32), np.zeros((48, 64), np.uint8),
        np.zeros((48, 64), np.uint16), np.zeros((48, 64, 3), np.uint8),
    )  # fmt: skip

    def label(actor, category, x, column):
        box = Box3D(np.array([x, 0.0, 1.0]), np.array([4.0, 2.0, 1.5]), rotation_from_rpy((0.0, 0.0, 0.0)))
        return ObjectLabel(actor, category, "", (column, 5, column + 12, 25), [], None, None, box, road_lane_id="1_0_1")

    cars = [label(968, "car", 5.0, 2), label(970, "car", 10.0, 18), label(971, "truck", 20.0, 34)]
    walker = label(980, "pedestrian", 15.0, 50)
    with ClipWriter(path, PinholeCamera.from_fov(*size, 1.5), Fraction(10), collisions=collisions) as writer:
        for number in range(10):
            pose = Pose(np.eye(3), np.zeros(3), "world", "camera")
            writer.write_frame(black, FrameLabels(3.0 + number / 10, number, pose, [*cars, walker]))
        writer.finish()
    return Clip.open(path)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    collision = CollisionEvent(0.25, 0.4, 3, 4, (968, 970), "vehicle_vehicle")
    return write_clip(tmp_path_factory.mktemp("clips") / "clip", [collision])


def test_pairs_of_a_clip(clip):
    found = find_hard_negatives(clip, np.random.default_rng(0))
    # 968-970 collide; 970-971 are 10 m apart from centre to centre, 968-971 15 m; the walker is no vehicle.
    assert [(one.kind, one.event.actor_ids, one.gap) for one in found] == [
        ("closest", (970, 971), pytest.approx(6.0)),
        ("same_lane", (968, 971), pytest.approx(11.0)),
    ]
    everyone = NegativeOptions(categories=("car", "truck", "pedestrian"))
    first = find_hard_negatives(clip, np.random.default_rng(0), everyone)[0]
    assert (first.event.actor_ids, first.gap) == ((970, 980), pytest.approx(1.0))


def test_files_are_those_of_the_published_recipe(clip, tmp_path):
    events = [one.event for one in find_hard_negatives(clip, np.random.default_rng(0))]
    paths = write_negatives(tmp_path, events)
    assert [path.name for path in paths] == ["events_noncollision_1.json", "events_noncollision_2.json"]
    assert json.loads(paths[1].read_text()) == [
        {
            "event_id": "event_000002",
            "start_time": 0.0,
            "end_time": 0.9,
            "category": "normal",
            "sub_category": ["same_lane"],
            "objects": ["968", "971"],
            "event_caption": "",
        }
    ]
    assert read_negatives(tmp_path, clip) == events
    write_negatives(tmp_path, events[:1])
    assert read_negatives(tmp_path, clip) == events[:1]
    assert not negative_path(tmp_path, 2).exists()


def test_a_clip_whose_collisions_are_not_known_is_refused(clip, tmp_path):
    other = write_clip(tmp_path / "other", collisions=None)
    with pytest.raises(InputError, match="its collisions are not known"):
        find_hard_negatives(other, np.random.default_rng(0))
    quiet = write_clip(tmp_path / "quiet")  # no collision at all: negatives still come
    assert find_hard_negatives(quiet, np.random.default_rng(0))[0].event.actor_ids == (968, 970)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"objects": ["968"]}, "objects must be two actors"),
        ({"objects": ["968", "968"]}, "objects must be two actors"),
        ({"objects": ["a", "b"]}, "no event: invalid literal"),
        ({"start_time": "soon"}, "no event"),
        ({"start_time": 5.0, "end_time": 1.0}, "in order"),
        ({"category": None, "objects": None}, "no event"),
    ],
)
def test_a_bad_file_is_named(clip, tmp_path, change, complaint):
    (path,) = write_negatives(tmp_path, [ClipEvent("normal", 0.0, 0.5, 0, 5, (968, 971), "closest")])
    path.write_text(json.dumps([json.loads(path.read_text())[0] | change]))
    with pytest.raises(FormatError, match=f"events_noncollision_1.json: .*{complaint}"):
        read_negatives(tmp_path, clip)
    path.write_text('[{"event_id": 1}]')
    with pytest.raises(FormatError, match="start_time: is missing"):
        read_negatives(tmp_path, clip)
    path.write_text("{}")
    with pytest.raises(FormatError, match="a list of one event"):
        read_negatives(tmp_path, clip)


def test_a_damaged_table_is_named(clip, tmp_path):
    import pyarrow.parquet as pq

    broken = write_clip(tmp_path / "broken")
    file = broken.path / "labels.parquet"
    table = pq.read_table(file)
    for change, complaint in [
        (table.drop_columns(["world_yaw"]), "world_yaw"),
        (table.append_column("x", table["frame"]).slice(0, 0), None),
        (table.set_column(0, "frame", [[99] * table.num_rows]), "is none of the clip's 10"),
        (table.set_column(0, "frame", [[0] * table.num_rows]), "labelled twice"),
    ]:
        pq.write_table(change, file)
        if complaint is None:
            assert find_hard_negatives(broken, np.random.default_rng(0)) == []
            continue
        with pytest.raises(FormatError, match=complaint):
            find_hard_negatives(broken, np.random.default_rng(0))
