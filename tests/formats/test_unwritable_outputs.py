"""Every writer says which output it could not write, and leaves nothing behind."""

import errno

import numpy as np
import pytest
from conversation_samples import yes_no

from detection_samples import write_clip
from roadmark import formats
from roadmark.errors import InputError, OutputError

SAMPLES = [yes_no(1), yes_no(2, "No", ids=(968, 971))]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A dataset with a video and a clip."""
    root = tmp_path_factory.mktemp("dataset")
    (root / "videos").mkdir()
    (root / "videos" / "clip_a.mp4").write_bytes(b"A")
    write_clip(root / "clips" / "scenario_1", frames=1)
    return root


WRITERS = {
    "llava": lambda target, root, samples, clips: formats.write_llava(target, samples),
    "qwen": lambda target, root, samples, clips: formats.write_qwen(target, samples),
    "qwen_lines": lambda target, root, samples, clips: formats.write_qwen(target.with_suffix(".jsonl"), samples),
    "cosmos_rl": lambda target, root, samples, clips: formats.write_cosmos_rl(target, samples),
    "huggingface": lambda target, root, samples, clips: formats.write_huggingface(target, samples),
    "webdataset": lambda target, root, samples, clips: formats.write_webdataset(target, samples, root),
    "published": lambda target, root, samples, clips: formats.write_published(
        target, lambda: samples, np.random.default_rng(0)
    ),
    "coco": lambda target, root, samples, clips: formats.write_coco(target, formats.clips_below(root, clips)),
    "odvg": lambda target, root, samples, clips: formats.write_odvg(target, formats.clips_below(root, clips)),
    "yolo": lambda target, root, samples, clips: formats.write_yolo(target, formats.clips_below(root, clips)),
    "kitti": lambda target, root, samples, clips: formats.write_kitti(target, formats.clips_below(root, clips)),
    "nuscenes": lambda target, root, samples, clips: formats.write_nuscenes(target, formats.clips_below(root, clips)),
}
OF_CLIPS = ("coco", "odvg", "yolo", "kitti", "nuscenes")


@pytest.mark.parametrize("name", WRITERS)
def test_an_output_below_a_file_is_refused(tmp_path, root, name):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file"):
        WRITERS[name](tmp_path / "file" / "out", root, SAMPLES, [root / "clips" / "scenario_1"])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_is_said_and_nothing_half_is_left(tmp_path, root, name):
    def source(things):
        yield things[0]
        raise OSError(errno.ENOSPC, "No space left on device")  # as any write in between would

    with pytest.raises(OutputError, match=r"disk is full|No space left on device"):
        WRITERS[name](tmp_path / "out", root, source(SAMPLES), source([root / "clips" / "scenario_1"]))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", OF_CLIPS)
def test_a_clip_that_breaks_half_way_leaves_nothing(tmp_path, root, name):
    clips = [root / "clips" / "scenario_1", root / "clips" / "gone"]
    with pytest.raises(InputError, match="gone"):
        WRITERS[name](tmp_path / "out", root, SAMPLES, clips)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
