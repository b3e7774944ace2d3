"""What each file of a clip holds, on one clip with everything in it."""

import hashlib
from fractions import Fraction

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from clip_samples import (
    CAR,
    COLLISION,
    EVERYTHING,
    HEIGHT,
    KEEP_ROAD_AND_CAR,
    WALKER,
    WIDTH,
    contents,
    images,
    load,
    write_clip,
)

from roadmark.catalog import PALETTE, SemanticClass
from roadmark.clip import (
    ActorRecord,
    Clip,
    ClipEvent,
    ClipOptions,
    CollisionEvent,
    Provenance,
    SourceFile,
    edge_image,
    instance_color,
)
from roadmark.errors import InputError
from roadmark.media import decode_rle, read_image, read_video, video_info


@pytest.fixture(scope="module")
def clip_path(tmp_path_factory):
    provenance = Provenance(
        camera_name="north",
        map_name="Town01",
        scenario="crossing",
        conditions={"weather": "raining", "seed": 7},
        metadata={"source_scenario": "s"},
        actors={CAR: ActorRecord(blueprint_id="vehicle.audi.tt", category="car", color=(200, 10, 20))},
        sources=(SourceFile("map.xodr", b"<OpenDRIVE/>"), SourceFile("render.json", b"{}", stored=True)),
        tools={"tracer": "portable"},
        notes=("no wheels recorded",),
    )
    path = tmp_path_factory.mktemp("clips") / "clip"
    stop = ClipEvent("sudden_stop", 0.05, 0.05, 1, 1, (CAR,), attributes={"deceleration": 7.5})
    return write_clip(path, 3, EVERYTHING, provenance=provenance, collisions=[COLLISION], events=[stop])


def test_the_folder_holds_exactly_what_the_layout_names(clip_path):
    names = {name.split("/")[0] for name in contents(clip_path)}
    assert names == {
        *("rgb", "depth", "semantic_segmentation", "semantic_segmentation_raw", "instance_segmentation"),
        *("instance_segmentation_raw", "normals", "edges", "masks", "odvg", "videos", "source"),
        *("rgb_with_bboxes", "rgb_with_masks", "rgb_with_3d_bboxes", "rgb_with_collisions"),
        *("clip.json", "objects.json", "instances.json", "events_collision.json", "events.json", "labels.parquet"),
    }
    assert [path.name for path in clip_path.parent.iterdir()] == ["clip"]  # nothing is left beside it


def test_default_options_write_the_default_files(tmp_path):
    names = {name.split("/")[0] for name in contents(write_clip(tmp_path / "clip"))}
    assert not any(name.startswith(("rgb_with", "masks", "sun", "albedo", "events_collision")) for name in names)
    videos = sorted(path.name for path in (tmp_path / "clip/videos").iterdir())
    assert videos == ["depth.mp4", "edges.mp4", "rgb.mp4", "semantic_segmentation.mp4"]


def test_images_hold_what_was_given(clip_path):
    frame = Clip.open(clip_path)[1]
    given = images(1)
    assert np.array_equal(frame.semantic(), given.semantic)
    assert np.array_equal(frame.instance(), given.instance)
    assert np.array_equal(read_image(frame.file("normals")), given.normal)
    assert np.array_equal(read_image(frame.file("edges")), edge_image(given.rgb))
    depth = frame.depth()
    near = (given.depth > 0) & (given.depth < 255)
    assert np.abs(depth[near] - given.depth[near]).max() <= 0.5 / 256 + 1e-5
    assert np.isinf(depth[np.isinf(given.depth)]).all()
    assert np.abs(frame.rgb().astype(int) - given.rgb).mean() < 6.0


def test_instance_ids_are_actor_ids_not_a_class_and_a_low_byte(clip_path):
    """968 = 0x03C8 and 200 = 0x00C8 share the low byte; the published tool cannot tell them apart."""
    assert sorted(np.unique(Clip.open(clip_path)[0].instance()).tolist()) == [0, CAR, WALKER]


def test_road_pixels_are_class_1_in_the_palette_s_road_colour(clip_path):
    frame = Clip.open(clip_path)[0]
    road = images(0).semantic == SemanticClass.ROADS
    assert (frame.semantic()[road] == 1).all()
    assert (read_image(frame.file("semantic_segmentation"))[road] == (128, 64, 128)).all()
    legend = load(clip_path / "semantic_segmentation/semantic_labels.json")
    assert legend["1"] == {"name": "roads", "color": [128, 64, 128]}
    assert len(legend) == 29


def test_colour_images_read_as_rgb_in_opencv(clip_path):
    picture = cv2.imread(str(Clip.open(clip_path)[0].file("instance_segmentation")))[..., ::-1]
    instance = images(0).instance
    assert (picture[instance == CAR] == instance_color(CAR)).all()
    assert (picture[instance == 0] == 0).all()
    assert instance_color(CAR) != instance_color(WALKER)
    assert np.array_equal(
        read_image(Clip.open(clip_path)[2].file("semantic_segmentation")), PALETTE[images(2).semantic]
    )


def test_edges_are_found_on_the_whole_picture(clip_path):
    """The published tool masks first: the mask's border becomes an edge and what lies outside is blank."""
    rgb = np.zeros((40, 60, 3), np.uint8)
    rgb[:, 20:] = 255  # a real edge, in a building that the class filter drops
    keep = np.zeros((40, 60), np.bool_)
    keep[20:] = True
    assert edge_image(rgb)[5, 18:22].any()
    masked = edge_image(rgb, keep)
    assert not masked[:20].any()
    assert masked[30, 18:22].any()
    assert not masked[19:22, 40:].any()  # no edge along the mask's border


def test_masked_edges_and_masks_follow_the_class_filter(tmp_path, clip_path):
    dropped = ~KEEP_ROAD_AND_CAR[images(0).semantic]
    assert (read_image(Clip.open(clip_path)[0].file("masks"))[dropped] == 0).all()
    options = ClipOptions(masked_edges=True, class_filter=KEEP_ROAD_AND_CAR, videos="none")
    frame = Clip.open(write_clip(tmp_path / "clip", 1, options))[0]
    assert not frame.edges()[dropped].any()


def test_odvg_files_have_every_field_and_right_paths(clip_path):
    record = load(clip_path / "odvg/odvg_000000000001.json")
    assert record["frame_id"] == "frame_000000000001"
    assert record["image_filename"] == "frame_000000000001.jpg"
    assert (record["width"], record["height"], record["timestamp"]) == (WIDTH, HEIGHT, 10.05)
    for key in ("depth", "instance_segmentation", "semantic_segmentation", "edge"):
        assert (clip_path / record[f"{key}_file_name"]).is_file()
    first = record["detections"]["instances"][0]
    mask = decode_rle(first["mask_rle"])
    assert np.array_equal(mask, images(1).instance == CAR)
    rows, columns = np.nonzero(mask)
    assert first["bbox_2d"] == [columns.min(), rows.min(), columns.max(), rows.max()]


def test_only_frames_inside_an_event_list_it(clip_path):
    events = [load(clip_path / f"odvg/odvg_{index:012d}.json")["events"] for index in range(3)]
    assert [[event["event_id"] for event in frame] for frame in events] == [
        ["event_000001"],
        ["event_000001", "event_000002"],
        [],
    ]
    assert events[0][0] == {
        "event_id": "event_000001",
        "category": "collision",
        "sub_category": "vehicle_walker",
        "collision_actors": [CAR, WALKER],
        "event_caption": "a car hits a walker",
    }


def test_event_files(clip_path):
    assert load(clip_path / "events_collision.json") == [
        {
            "event_id": "event_000001",
            "start_time": 0.02,
            "end_time": 0.07,
            "category": "collision",
            "event_sub_category": "vehicle_walker",
            "objects": [str(CAR), str(WALKER)],
            "event_caption": "a car hits a walker",
        }
    ]
    every = load(clip_path / "events.json")
    assert [event["category"] for event in every] == ["collision", "sudden_stop"]
    assert every[1]["attributes"] == {"deceleration": 7.5}


def test_two_collisions_in_one_second_are_both_kept(tmp_path):
    """The published tool keys them by their whole second: the second one overwrites the first."""
    second = CollisionEvent(0.05, 0.1, 1, 2, (CAR, 12))
    path = write_clip(tmp_path / "clip", 3, collisions=[second, COLLISION])
    events = load(path / "events_collision.json")
    assert [event["event_id"] for event in events] == ["event_000001", "event_000002"]
    assert [event["start_time"] for event in events] == [0.02, 0.05]


def test_an_empty_list_says_that_collisions_were_looked_for(tmp_path):
    assert load(write_clip(tmp_path / "clip", 1, collisions=[]) / "events_collision.json") == []


def test_objects_and_instances(clip_path):
    frames = load(clip_path / "objects.json")["frames"]
    assert list(frames) == [f"frame_{index:012d}" for index in range(3)]
    assert frames["frame_000000000002"]["format"] == "jpg"
    assert [entry["id"] for entry in frames["frame_000000000002"]["instances"]] == [CAR, WALKER]
    instances = load(clip_path / "instances.json")["instances"]
    assert instances == {
        f"object_{CAR}": {
            "object_type": "car",
            "instance_id": CAR,
            "color": [200, 10, 20],
            "caption": "red car",
        },
        f"object_{WALKER}": {
            "object_type": "pedestrian",
            "instance_id": WALKER,
            "color": None,
            "caption": "pedestrian",
        },
    }


def test_the_table_holds_every_scalar(clip_path):
    table = pq.read_table(clip_path / "labels.parquet")
    assert table.num_rows == 6
    row = table.to_pylist()[2]
    record = load(clip_path / "odvg/odvg_000000000001.json")["detections"]["instances"][0]
    assert (row["frame"], row["frame_id"], row["source_frame"]) == (1, "frame_000000000001", 301)
    assert [row[name] for name in ("xmin", "ymin", "xmax", "ymax")] == record["bbox_2d"]
    assert [row[f"center_{axis}"] for axis in "xyz"] == list(record["bbox_3d"]["center"].values())
    assert [row[f"world_{name}"] for name in ("roll", "pitch", "yaw")] == list(
        record["bbox_3d_world"]["rotation"].values()
    )
    assert [row[f"orientation_{axis}"] for axis in "wxyz"] == record["orientation_wxyz"]
    assert (row["color_r"], row["color_g"], row["color_b"]) == (200, 10, 20)
    assert table.to_pylist()[3]["color_r"] is None


def test_videos_play_at_the_exact_rate_with_every_frame(clip_path):
    for path in sorted((clip_path / "videos").iterdir()):
        info = video_info(path)
        assert (info.frames, info.fps, info.width, info.height) == (3, Fraction(20), WIDTH, HEIGHT), path.name
    assert len(list((clip_path / "videos").iterdir())) == 12


def test_the_depth_video_shows_near_bright_with_one_scale(clip_path):
    clip = Clip.open(clip_path)
    near = clip.manifest.depth.video_near
    frames = list(read_video(clip.video("depth")))
    for index, frame in enumerate(frames):
        depth = images(index).depth
        expected = np.where(np.isinf(depth), 0.0, np.clip(near / depth, 0.0, 1.0) * 255.0)
        assert np.abs(frame[..., 0] - expected).mean() < 3.0


def test_exact_label_videos_on_request(tmp_path):
    path = write_clip(tmp_path / "clip", 2, ClipOptions(label_codec="rgb"))
    for index, frame in enumerate(read_video(path / "videos/semantic_segmentation.mp4")):
        assert np.array_equal(frame, PALETTE[images(index).semantic])


def test_sources_are_kept_with_their_hash(clip_path, tmp_path):
    clip = Clip.open(clip_path)
    assert clip.source("map.xodr").read_bytes() == b"<OpenDRIVE/>"
    log = tmp_path / "big.log"
    log.write_bytes(b"x" * 1000)
    provenance = Provenance(sources=(SourceFile("recording.log", log, stored=False),))
    other = Clip.open(write_clip(tmp_path / "clip", 1, provenance=provenance))
    record = other.manifest.source["recording.log"]
    assert (record.bytes, record.file) == (1000, None)
    with pytest.raises(InputError, match="does not hold"):
        other.source("recording.log")


def test_the_manifest_names_the_libraries_that_decide_the_bytes(clip_path):
    tools = Clip.open(clip_path).manifest.tools
    assert {"roadmark", "numpy", "numba", "scipy", "opencv-python-headless", "av", "pyarrow", "tracer"} <= set(tools)


def test_a_folder_s_digest_can_be_computed_by_others(clip_path):
    """The SHA-256 of the files' own digests, joined in order of their names; of the file itself where there is one."""
    digests = [hashlib.sha256(path.read_bytes()).digest() for path in sorted((clip_path / "rgb").iterdir())]
    files = Clip.open(clip_path).manifest.files
    assert files["rgb"].sha256 == hashlib.sha256(b"".join(digests)).hexdigest()
    assert files["objects.json"].sha256 == hashlib.sha256((clip_path / "objects.json").read_bytes()).hexdigest()


def test_the_manifest_names_no_path_host_or_clock(clip_path, tmp_path):
    text = (clip_path / "clip.json").read_text()
    assert str(clip_path.parent) not in text
    assert str(tmp_path) not in text
    assert max(len(line) for line in text.splitlines()) < 1000
