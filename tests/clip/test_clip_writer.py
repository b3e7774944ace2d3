"""What `ClipWriter` takes and refuses: options, odd sizes, large ids, other lenses, wrong frames."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from clip_samples import (
    CAMERA,
    CAR,
    COLLISION,
    EVERYTHING,
    HEIGHT,
    KEEP_ROAD_AND_CAR,
    POSE,
    WALKER,
    WIDTH,
    contents,
    images,
    label,
    labels,
    load,
    write_clip,
)

from roadmark.clip import (
    Clip,
    ClipOptions,
    ClipWriter,
    FrameImages,
    FrameLabels,
    IdMap,
    Provenance,
    SourceFile,
    map_ids,
)
from roadmark.errors import ConfigError, InputError, OutputError
from roadmark.geometry import Box3D, FThetaCamera, PinholeCamera, Pose
from roadmark.media import read_image, video_info


def test_files_are_copied_as_sources(tmp_path):
    log = tmp_path / "recording.log"
    log.write_bytes(bytes(range(256)) * 10000)  # more than one piece
    provenance = Provenance(sources=(SourceFile("recording.log", log),))
    clip = Clip.open(write_clip(tmp_path / "clip", 1, provenance=provenance))
    assert clip.source("recording.log").read_bytes() == log.read_bytes()
    assert clip.verify() == []


def test_numbers_of_numpy_are_fine(tmp_path):
    picture = images(0)
    frame = labels(0, picture)
    car = replace(
        frame.objects[0],
        actor_id=np.int64(CAR),
        bbox_2d=tuple(np.array(frame.objects[0].bbox_2d)),
        color=tuple(np.array([1, 2, 3], np.uint8)),
        pixels=np.int64(9),
        speed=np.float32(1.5),
        lane_position=np.float32(0.5),
    )
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(20)) as writer:
        writer.write_frame(picture, replace(frame, objects=(car,)))
        writer.finish()
    (back,) = Clip.open(tmp_path / "clip")[0].labels().objects
    assert (back.actor_id, back.color, back.speed, back.lane_position) == (CAR, (1, 2, 3), 1.5, 0.5)


def test_millimetres_saturate(tmp_path):
    picture = images(0)
    far = replace(picture, depth=np.full((HEIGHT, WIDTH), 100.0, np.float32))
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(20), ClipOptions(depth_unit="mm")) as writer:
        writer.write_frame(far, labels(0, picture))
        writer.finish()
    clip = Clip.open(tmp_path / "clip")
    assert (read_image(clip[0].file("depth")) == 65535).all()
    assert clip.manifest.depth.unit == "mm"


def test_ids_above_16_bits_are_mapped_and_restored(tmp_path):
    mapping = map_ids([CAR, 70000, 65535])
    assert mapping.changed == {70000: 65534}
    picture = images(0, ids=(CAR, 65534))
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(20), id_map=mapping) as writer:
        writer.write_frame(picture, labels(0, picture, ids=(CAR, 70000), stored=(CAR, 65534)))
        writer.finish()
    clip = Clip.open(tmp_path / "clip")
    assert np.unique(clip[0].instance()).tolist() == [0, CAR, 65534]
    assert np.unique(clip[0].actor_ids()).tolist() == [0, CAR, 70000]
    assert load(tmp_path / "clip/odvg/odvg_000000000000.json")["detections"]["instances"][1]["object-id"] == 70000
    assert clip.table()["stored_id"].to_pylist() == [CAR, 65534]
    assert clip.manifest.actors["70000"].stored_id == 65534


def test_ids_that_cannot_be_mapped():
    assert map_ids([]) == IdMap()
    with pytest.raises(InputError, match="start at 1"):
        map_ids([0])
    with pytest.raises(InputError, match="do not fit"):
        map_ids(list(range(1, 65537)))


def test_a_large_id_without_a_mapping_is_refused(tmp_path):
    picture = images(0)
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(20)) as writer, pytest.raises(InputError, match="16-bit"):
        writer.write_frame(picture, labels(0, picture, ids=(70000, WALKER), stored=(CAR, WALKER)))


@pytest.mark.parametrize("size", [(63, 47), (64, 47)])
def test_odd_sizes(tmp_path, size):
    camera = PinholeCamera.from_fov(*size, 1.5)
    with ClipWriter(tmp_path / "clip", camera, Fraction(10)) as writer:
        for number in range(2):
            picture = images(number, size=size)
            writer.write_frame(picture, labels(number, picture))
        writer.finish()
    clip = Clip.open(tmp_path / "clip")
    assert np.array_equal(clip[1].instance(), images(1, size=size).instance)
    info = video_info(clip.video("rgb"))
    assert (info.width, info.height) == (size[0] + size[0] % 2, size[1] + size[1] % 2)


def test_a_fisheye_camera_stores_range_and_says_so(tmp_path):
    """A 200 degree f-theta lens: r = 18 t, so that the image's edge (32 pixels) lies 102 degrees off the axis."""
    camera = FThetaCamera.from_vector([31.5, 23.5, WIDTH, HEIGHT, 0, 1 / 18, 0, 0, 0, 0, 1])
    picture = images(0)
    frame = FrameLabels(0.0, 0, POSE, labels(0, picture).objects)
    options = ClipOptions(depth_is_range=True, overlays=("rgb_with_3d_bboxes",))
    with ClipWriter(tmp_path / "clip", camera, Fraction(10), options) as writer:
        writer.write_frame(picture, frame)
        writer.finish()
    clip = Clip.open(tmp_path / "clip")
    assert clip.manifest.depth.measure == "range"
    assert clip.camera == camera


def test_steps_of_any_length_keep_their_times(tmp_path):
    """The published tool spreads the log evenly over its average step."""
    times = [0.0, 0.05, 0.13, 0.131, 0.4]
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10), ClipOptions(videos="none")) as writer:
        for number, when in enumerate(times):
            picture = images(number)
            writer.write_frame(picture, replace(labels(number, picture), time=when))
        writer.finish()
    assert [frame.time for frame in Clip.open(tmp_path / "clip")] == times
    stamps = [load(tmp_path / f"clip/odvg/odvg_{index:012d}.json")["timestamp"] for index in range(5)]
    assert stamps == times


def test_only_rgb(tmp_path):
    options = ClipOptions(modalities=frozenset({"rgb"}))
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10), options) as writer:
        writer.write_frame(FrameImages(images(0).rgb), FrameLabels(0.0, 0, POSE))
        writer.finish()
    clip = Clip.open(tmp_path / "clip")
    assert clip.manifest.folders == ("edges", "odvg", "rgb")
    assert clip.manifest.videos == ("rgb", "edges")
    record = load(tmp_path / "clip/odvg/odvg_000000000000.json")
    assert record["depth_file_name"] is None
    with pytest.raises(InputError, match="has no depth images"):
        clip[0].depth()


def test_relighting_buffers(tmp_path):
    picture = images(0)
    aov = replace(picture, sun_visibility=picture.semantic, albedo=picture.rgb)
    modalities = ClipOptions().modalities | {"sun_visibility", "albedo"}
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10), ClipOptions(modalities=modalities)) as writer:
        writer.write_frame(aov, labels(0, picture))
        writer.finish()
    frame = Clip.open(tmp_path / "clip")[0]
    assert np.array_equal(read_image(frame.file("sun_visibility")), picture.semantic)
    assert np.array_equal(read_image(frame.file("albedo")), picture.rgb)


def test_the_same_recording_gives_the_same_bytes_with_any_number_of_threads(tmp_path):
    first = write_clip(tmp_path / "one" / "clip", 4, replace(EVERYTHING, encode_threads=1), collisions=[COLLISION])
    second = write_clip(tmp_path / "two" / "other", 4, replace(EVERYTHING, encode_threads=4), collisions=[COLLISION])
    assert contents(first) == contents(second)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rgb": np.zeros((HEIGHT, WIDTH), np.uint8)}, "rgb: expected"),
        ({"depth": np.zeros((HEIGHT, WIDTH), np.float64)}, "depth: expected"),
        ({"instance": np.zeros((HEIGHT, WIDTH - 1), np.uint16)}, "instance_segmentation: expected"),
        ({"normal": None}, "lacks normals"),
        ({"depth": np.full((HEIGHT, WIDTH), np.nan, np.float32)}, "NaN"),
    ],
)
def test_wrong_images_are_refused_at_once(tmp_path, change, message):
    picture = images(0)
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10)) as writer, pytest.raises(InputError, match=message):
        writer.write_frame(replace(picture, **change), labels(0, picture))
    assert not list(tmp_path.iterdir())


def test_wrong_labels_are_refused_at_once(tmp_path):
    picture = images(0)
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10)) as writer:
        writer.write_frame(picture, labels(0, picture))
        with pytest.raises(InputError, match="does not follow"):
            writer.write_frame(picture, labels(0, picture))
        box = Box3D(np.zeros(3), np.ones(3), np.eye(3))
        beyond = replace(label(picture, CAR, box, category="car", blueprint_id=""), bbox_2d=(0, 0, WIDTH, 5))
        with pytest.raises(InputError, match="leaves the image"):
            writer.write_frame(picture, FrameLabels(11.0, 1, POSE, (beyond,)))


def test_options_that_exclude_each_other():
    with pytest.raises(ConfigError, match="rgb sensor"):
        ClipOptions(modalities=frozenset({"depth"}))
    with pytest.raises(ConfigError, match="class filter"):
        ClipOptions(masks=True)
    with pytest.raises(ConfigError, match="semantic_segmentation"):
        ClipOptions(masks=True, class_filter=KEEP_ROAD_AND_CAR, modalities=frozenset({"rgb"}))
    with pytest.raises(ConfigError, match="instance_segmentation"):
        ClipOptions(overlays=("rgb_with_masks",), modalities=frozenset({"rgb"}))
    with pytest.raises(ConfigError, match="unknown overlay"):
        ClipOptions(overlays=("rgb_with_love",))
    with pytest.raises(ConfigError, match="depth_video_near"):
        ClipOptions(depth_video_near=0.0)
    with pytest.raises(ConfigError, match="encode_threads"):
        ClipOptions(encode_threads=0)


def test_a_moving_camera_keeps_its_pose_of_every_frame(tmp_path):
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10)) as writer:
        for number in range(3):
            picture = images(number)
            pose = Pose(POSE.rotation, POSE.translation + number, "world", "camera")
            writer.write_frame(picture, replace(labels(number, picture), pose=pose))
        writer.finish()
    clip = Clip.open(tmp_path / "clip")
    assert [frame.pose.translation.tolist() for frame in clip] == [(POSE.translation + k).tolist() for k in range(3)]


def test_nothing_can_be_added_after_the_end(tmp_path):
    picture = images(0)
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(10)) as writer:
        writer.write_frame(picture, labels(0, picture))
        assert writer.frame_count == 1
        assert writer.finish() == writer.output_dir
        with pytest.raises(OutputError, match="nothing can be added"):
            writer.write_frame(picture, labels(1, picture))
    assert (tmp_path / "clip/clip.json").is_file()
