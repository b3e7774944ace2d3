"""Marked videos, from real files: where marks are, whose they are, and what stops one."""

import json
from fractions import Fraction

import numpy as np
import pytest
from mark_scenes import HEIGHT, RATE, WIDTH, instance, still, write_labels, write_scene, write_video

from labelled_world import Part, standing, straight, write_world
from roadmark.clip import Clip, ClipEvent
from roadmark.errors import FormatError, InputError, OutputError
from roadmark.marks import MarkOptions, MarkStyle, mark_video, marks_file, read_marks
from roadmark.media import read_video, video_info
from roadmark.verify import Verification, write_verification

GRAY = 90


def marked(tmp_path, video, labels, **options):
    """A marked video's frames and record."""
    out = tmp_path / "som.mp4"
    record = mark_video(video, labels, out, MarkOptions(**options))
    return list(read_video(out)), record


def changed(frame, x, y) -> bool:
    """Whether something was drawn at a pixel of the gray video."""
    return int(np.abs(frame[y, x].astype(int) - GRAY).max()) > 25


def near(color, wanted) -> bool:
    """As near as a thin line comes in 4:2:0: a reader interpolates its chroma with its neighbours'."""
    return int(np.abs(np.array(color, int) - np.array(wanted)).max()) <= 70


def test_boxes_lie_around_the_pixels_of_their_object(tmp_path):
    frames, record = marked(tmp_path, *write_scene(tmp_path, still))
    color = next(mark.color for mark in record.marks if mark.actor_id == 968)
    frame = frames[3]
    # Labelled pixels 100..159 x 80..119; the line is two pixels wide, outside.
    for x, y in ((98, 100), (99, 100), (160, 100), (161, 100), (130, 78), (130, 79), (130, 120), (130, 121)):
        assert near(frame[y, x], color), (x, y, frame[y, x])
    for x, y in ((96, 100), (102, 100), (157, 100), (164, 100), (130, 116), (130, 124)):
        assert not changed(frame, x, y), (x, y)


def test_the_record_says_whose_mark_is_where(tmp_path):
    _, record = marked(tmp_path, *write_scene(tmp_path, still, frames=3))
    assert {(mark.mark, mark.actor_id, mark.category, mark.frames) for mark in record.marks} == {
        ("968", 968, "car", ((0, 2),)),
        ("970", 970, "car", ((0, 2),)),
    }
    assert record.label_frames == (0, 1, 2)
    assert (record.video, record.input_video, record.matched_by) == ("som.mp4", "input.mp4", "index")
    assert read_marks(tmp_path / "som.mp4") == record


def test_numbers_are_compact_and_do_not_follow_the_ids(tmp_path):
    """Of eight scenes in which the actors are 1 and 2, actor 1 is not mark 1 in all."""
    first = set()
    for scene in range(8):
        folder = tmp_path / str(scene)
        video, labels = write_scene(folder, lambda _, x=scene: {1: (20 + x, 80, 60, 110), 2: (200, 80, 260, 110)}, 1)
        _, record = marked(folder, video, labels, text="numbers")
        assert [mark.mark for mark in record.marks] == ["1", "2"]
        first.add(record.marks[0].actor_id)
        assert record.actor_of("1") == record.marks[0].actor_id
    assert first == {1, 2}


def test_the_seed_deals_otherwise_and_nothing_else_does(tmp_path):
    many = {actor: (4 + 30 * actor, 80, 24 + 30 * actor, 110) for actor in range(9)}
    video, labels = write_scene(tmp_path, lambda _: many, 1)
    _, first = marked(tmp_path, video, labels, text="numbers")
    _, again = marked(tmp_path, video, labels, text="numbers", style=MarkStyle(overlay="contours"))
    _, other = marked(tmp_path, video, labels, text="numbers", seed=1)
    order = [[mark.actor_id for mark in record.marks] for record in (first, again, other)]
    assert order[0] == order[1] != order[2]
    assert len({mark.color for mark in first.marks}) == 9


def test_a_video_of_another_size_is_marked_where_its_objects_are(tmp_path):
    _, labels = write_scene(tmp_path, still)
    large = write_video(tmp_path / "large.mp4", 6, size=(2 * WIDTH, 3 * HEIGHT))
    frames, record = marked(tmp_path, large, labels)
    color = next(mark.color for mark in record.marks if mark.actor_id == 968)
    assert near(frames[0][300, 199], color)  # left edge of 100 is at 200
    assert near(frames[0][361, 260], color)  # lower edge of 120 is at 360
    assert any("scaled by 2.000 across and 3.000 down" in note for note in record.notes)


def test_half_the_rate_shows_every_second_frames_labels(tmp_path):
    def moving(number):
        return {1: (20 + 20 * number, 80, 59 + 20 * number, 119)}

    _, labels = write_scene(tmp_path, moving, frames=8)
    slow = write_video(tmp_path / "slow.mp4", 4, rate=RATE / 2)
    frames, record = marked(tmp_path, slow, labels)
    assert (record.matched_by, record.label_frames) == ("time", (0, 2, 4, 6))
    for number, frame in enumerate(frames):
        assert changed(frame, 18 + 40 * number, 100), number


def test_twice_the_rate_moves_marks_between_labels(tmp_path):
    _, labels = write_scene(tmp_path, lambda number: {1: (20 + 20 * number, 80, 59 + 20 * number, 119)}, frames=4)
    fast = write_video(tmp_path / "fast.mp4", 7, rate=RATE * 2)
    frames, _ = marked(tmp_path, fast, labels)
    for number, frame in enumerate(frames):
        assert changed(frame, 18 + 10 * number, 100), number
        assert not changed(frame, 24 + 10 * number, 100), number


def test_frames_beyond_the_labels_and_missing_ones_are_bare_and_counted(tmp_path):
    video, labels = write_scene(tmp_path, still, frames=3)
    (labels / "odvg_000000000001.json").unlink()
    long = write_video(tmp_path / "long.mp4", 5)
    frames, record = marked(tmp_path, long, labels)
    assert [changed(frame, 98, 100) for frame in frames] == [True, False, True, False, False]
    assert (record.frames_without_labels, record.label_frames) == (1, (0, 1, 2, None, None))
    assert {mark.frames for mark in record.marks} == {((0, 0), (2, 2))}
    assert any("2 of 5 frames lie after" in note for note in record.notes)
    assert video_info(tmp_path / "som.mp4").frames == 5
    assert video.exists()


def test_only_the_chosen_are_marked(tmp_path):
    video, labels = write_scene(tmp_path, still)
    frames, record = marked(tmp_path, video, labels, ids=frozenset({970, 5}))
    assert [mark.actor_id for mark in record.marks] == [970]
    assert not changed(frames[0], 98, 100)
    assert record.notes == ("actors 5 are labelled in no frame of the video",)


def test_ids_of_which_none_is_labelled_are_an_error_and_leave_nothing(tmp_path):
    video, labels = write_scene(tmp_path, still)
    with pytest.raises(InputError, match=r"none of the actors 5, 6 .* there are 968, 970"):
        marked(tmp_path, video, labels, ids=frozenset({5, 6}))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["input.mp4", "odvg"]


def test_vehicles_only_and_least_area(tmp_path):
    for number in range(2):
        small = (200, 100, 209, 109) if number == 0 else (200, 100, 209, 108)  # 100, then 90 pixels
        people = [instance(3, (30, 60, 49, 119), "pedestrian")]
        cars = [instance(1, (100, 80, 159, 119)), instance(2, small), instance(4, (250, 100, 259, 108))]
        write_labels(tmp_path / "odvg", number, people + cars)
    video = write_video(tmp_path / "input.mp4", 2)
    _, record = marked(tmp_path, video, tmp_path / "odvg", actors="vehicles", area_threshold=100)
    # Object 2 keeps its mark at 90 pixels; 4 never had one.
    assert {mark.actor_id: mark.frames for mark in record.marks} == {1: ((0, 1),), 2: ((0, 1),)}


def test_nothing_to_mark_is_a_video_and_a_note(tmp_path):
    video, labels = write_scene(tmp_path, lambda _: {})
    frames, record = marked(tmp_path, video, labels)
    assert len(frames) == 6
    assert record.marks == ()
    assert "no mark in any frame" in record.notes[0]


def test_masks_tint_the_inside_and_contours_do_not(tmp_path):
    video, labels = write_scene(tmp_path, still)
    masks, record = marked(tmp_path, video, labels, style=MarkStyle(overlay="masks", alpha=0.5))
    color = np.array(next(mark.color for mark in record.marks if mark.actor_id == 968))
    assert near(masks[0][100, 130], 0.5 * GRAY + 0.5 * color)
    contours, _ = marked(tmp_path, video, labels, style=MarkStyle(overlay="contours"))
    assert not changed(contours[0], 130, 100)
    assert changed(contours[0], 100, 100)
    assert not changed(contours[0], 96, 100)


def test_the_same_files_and_options_give_the_same_bytes(tmp_path):
    video, labels = write_scene(tmp_path, still)
    written = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        mark_video(video, labels, tmp_path / name / "som.mp4")
        written.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])
    assert written[0] == written[1]
    assert len(written[0]) == 2


def test_what_is_written_plays_in_browsers(tmp_path):
    video = write_video(tmp_path / "in.mp4", 3, size=(321, 181), rate=Fraction(30000, 1001))
    _, labels = write_scene(tmp_path, still, frames=3)
    mark_video(video, labels, tmp_path / "som.mp4")
    info = video_info(tmp_path / "som.mp4")
    assert (info.codec, info.pixel_format, info.fps, info.frames) == ("h264", "yuv420p", Fraction(30000, 1001), 3)


def test_a_broken_label_file_leaves_no_output_and_keeps_an_older_one(tmp_path):
    video, labels = write_scene(tmp_path, still)
    mark_video(video, labels, tmp_path / "som.mp4")
    before = (tmp_path / "som.mp4").read_bytes()
    (labels / "odvg_000000000004.json").write_text("{}")
    with pytest.raises(FormatError, match="odvg_000000000004"):
        mark_video(video, labels, tmp_path / "som.mp4", MarkOptions(style=MarkStyle(overlay="masks")))
    assert (tmp_path / "som.mp4").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_a_video_that_breaks_off_is_an_error(tmp_path):
    video, labels = write_scene(tmp_path, still, frames=30)
    data = video.read_bytes()
    video.write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(FormatError, match=r"input\.mp4"):
        mark_video(video, labels, tmp_path / "som.mp4")
    assert not (tmp_path / "som.mp4").exists()


def test_outputs_that_cannot_be(tmp_path):
    video, labels = write_scene(tmp_path, still)
    with pytest.raises(OutputError, match="is the video to be marked"):
        mark_video(video, labels, tmp_path / "odvg" / ".." / "input.mp4")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        mark_video(video, labels, tmp_path / "file" / "som.mp4")


CAR = Part(100, "vehicle.audi.tt", straight((-8.0, -3.0), 0.0, 4.0))
VAN = Part(101, "vehicle.mercedes.sprinter", standing(2.0, 4.0, 1.0))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A clip of our own: a car that drives, a van that stands, and an event of the car."""
    event = ClipEvent("near_miss", 0.2, 0.4, 1, 2, (100,))
    path = tmp_path_factory.mktemp("world") / "clip"
    return Clip.open(write_world(path, [CAR, VAN], seconds=1.0, events=[event], collisions=[], videos="default"))


def test_only_the_actors_of_events(tmp_path, clip):
    _, record = marked(tmp_path, clip.video("rgb"), clip.path / "odvg", actors="events")
    assert [mark.actor_id for mark in record.marks] == [100]


def test_actors_of_the_published_tools_events(tmp_path):
    video, labels = write_scene(tmp_path, still)
    with pytest.raises(InputError, match="has no event"):
        marked(tmp_path, video, labels, actors="events")
    (tmp_path / "events_collision.json").write_text(json.dumps([{"objects": ["970", "1"]}]))
    assert [mark.actor_id for mark in marked(tmp_path, video, labels, actors="events")[1].marks] == [970]


def test_wireframes_are_the_projected_boxes(tmp_path, clip):
    frames, record = marked(tmp_path, clip.video("rgb"), clip.path / "odvg", style=MarkStyle(overlay="3d"))
    van = next(label for label in clip[0].labels().objects if label.actor_id == 101)
    corners = van.box.transformed(clip[0].pose.inverse()).corners()
    seen = clip.camera.project(corners).uv
    color = next(mark.color for mark in record.marks if mark.actor_id == 101)
    lowest = seen[np.argmax(seen[:, 1])]
    x, y = (int(value) for value in lowest)
    around = frames[0][y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3)
    assert any(near(pixel, color) for pixel in around), around


def test_wireframes_need_the_camera(tmp_path):
    video, labels = write_scene(tmp_path, still)
    with pytest.raises(InputError, match="roadmark clip adopt"):
        marked(tmp_path, video, labels, style=MarkStyle(overlay="3d"))


def augmented(tmp_path, clip, **record):
    """A video of five frames as `roadmark augment` leaves it, its record beside it."""
    width, height = clip.size
    video = write_video(tmp_path / "aug" / "output.mp4", 5, size=(width, height), rate=clip.fps)
    fields = {
        "prompt": "p",
        "caption_path": "output.txt",
        "output_video_path": "output.mp4",
        "original_video_path": "in.mp4",
        "source_clip": "elsewhere",
        "source_digest": clip.digest,
        "backend": "relight",
        "seed": 0,
        **record,
    }
    (tmp_path / "aug" / "output.json").write_text(json.dumps(fields))
    return video


def test_the_frame_map_of_an_augmented_clip_is_followed(tmp_path, clip):
    video = augmented(tmp_path, clip, frame_map=[4, 3, 2, 1, 0])
    _, record = marked(tmp_path, video, clip.path / "odvg")
    assert (record.matched_by, record.label_frames) == ("frame map", (4, 3, 2, 1, 0))


def test_labels_of_another_clip_are_refused(tmp_path, clip):
    video = augmented(tmp_path, clip, source_digest="0" * 64)
    with pytest.raises(InputError, match="labels of another clip"):
        marked(tmp_path, video, clip.path / "odvg")


def test_the_published_tools_own_record_is_no_obstacle(tmp_path, clip):
    video = augmented(tmp_path, clip)
    (video.parent / "output.json").write_text(json.dumps({"prompt": "p", "output_video_path": "output.mp4"}))
    assert marked(tmp_path, video, clip.path / "odvg")[1].matched_by == "index"


def test_what_cannot_be_seen_has_no_mark(tmp_path, clip):
    video = augmented(tmp_path, clip)
    seen = {"state": "seen", "evidence": 0.5, "displacement": (0, 0), "pixels": 900.0, "contrast": 1.0, "expected": 1.0}
    verification = Verification(
        video="output.mp4", source_digest=clip.digest, conditions=None, every=1, judged=5, shuffled_with="mirror",
        published_source="", faults=(), metrics={}, looks=(), verdict="accept", reasons=(),
        objects={"101": {"category": "van", "frames": 5, "invisible": ((1, 3),), **seen}},
    )  # fmt: skip
    write_verification(verification, video)
    _, record = marked(tmp_path, video, clip.path / "odvg")
    assert {mark.actor_id: mark.frames for mark in record.marks}[101] == ((0, 0), (4, 4))
    assert record.invisible == 3
    _, kept = marked(tmp_path, video, clip.path / "odvg", keep_invisible=True)
    assert {mark.actor_id: mark.frames for mark in kept.marks}[101] == ((0, 4),)
    write_verification(verification.model_copy(update={"video": "other.mp4"}), video)
    assert marked(tmp_path, video, clip.path / "odvg")[1].invisible == 0


def test_who_is_never_seen_keeps_its_number_for_itself(tmp_path, clip):
    """Every variation of a clip has the same numbers, whatever can be seen in it."""
    video = augmented(tmp_path, clip)
    whole = {mark.actor_id: mark.mark for mark in marked(tmp_path, video, clip.path / "odvg", text="numbers")[1].marks}
    hidden = next(actor for actor, mark in whole.items() if mark == "1")
    lost = {"state": "not visible", "evidence": 0.0, "displacement": (0, 0), "pixels": 9.0, "contrast": 0.0}
    verification = Verification(
        video="output.mp4", source_digest=clip.digest, conditions=None, every=1, judged=5, shuffled_with="mirror",
        published_source="", faults=(), metrics={}, looks=(), verdict="accept", reasons=(),
        objects={str(hidden): {"category": "van", "frames": 5, "expected": 1.0, "invisible": ((0, 4),), **lost}},
    )  # fmt: skip
    write_verification(verification, video)
    rest = {mark.actor_id: mark.mark for mark in marked(tmp_path, video, clip.path / "odvg", text="numbers")[1].marks}
    assert rest == {actor: mark for actor, mark in whole.items() if actor != hidden}
    assert rest


def test_records_from_outside_are_checked(tmp_path):
    video, labels = write_scene(tmp_path, still, frames=1)
    _, record = marked(tmp_path, video, labels)
    file = marks_file(tmp_path / "som.mp4")
    file.write_bytes(file.read_bytes().replace(b'"actor_id": 968', b'"actor_id": "him"'))
    with pytest.raises(FormatError, match=r"actor_id"):
        read_marks(file)
    assert record.actor_of("nobody") is None
