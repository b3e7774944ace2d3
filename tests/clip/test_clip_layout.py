import pytest

from roadmark.clip.layout import FOLDERS, belongs_to_clip, event_id, frame_id, video_file


def test_names_are_the_published_tool_s():
    assert FOLDERS["rgb"].file(7) == "rgb/frame_000000000007.jpg"
    assert FOLDERS["depth"].file(7) == "depth/depth_000000000007.png"
    assert FOLDERS["semantic_segmentation"].file(0) == "semantic_segmentation/seg_000000000000.png"
    assert FOLDERS["instance_segmentation_raw"].file(12) == "instance_segmentation_raw/seg_000000000012.png"
    assert FOLDERS["edges"].file(1) == "edges/edge_000000000001.png"
    assert FOLDERS["rgb_with_collisions"].file(1) == "rgb_with_collisions/frame_000000000001.png"
    assert FOLDERS["odvg"].file(1) == "odvg/odvg_000000000001.json"
    assert (frame_id(3), event_id(1), video_file("rgb")) == ("frame_000000000003", "event_000001", "videos/rgb.mp4")


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=lambda folder: folder.name)
def test_numbers_are_read_back_from_names(folder):
    assert folder.index(folder.file_name(123456789012)) == 123456789012
    for other in ("x.png", f"{folder.prefix}_12.{folder.suffix}", f"{folder.prefix}_00000000000१.{folder.suffix}"):
        assert folder.index(other) is None


def test_a_clip_s_entries_are_known():
    assert all(belongs_to_clip(name) for name in ("clip.json", "rgb", "videos", "source", "events_noncollision_3.json"))
    assert not any(belongs_to_clip(name) for name in ("home", ".ssh", "notes.txt", "frame_000000000000.jpg"))
