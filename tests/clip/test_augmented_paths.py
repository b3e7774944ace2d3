"""Records of augmented clips from elsewhere name no files anywhere on this machine."""

import json

import pytest

from roadmark.clip import AugmentedClip
from roadmark.errors import FormatError

RECORD = {
    "prompt": "A rainy night.",
    "caption_path": "output.txt",
    "output_video_path": "../videos/output.mp4",
    "original_video_path": "../../clip/videos/rgb.mp4",
    "source_clip": "../../clip",
    "backend": "rerender",
    "seed": 1,
}


def opened(folder, **changes):
    (folder / "output.json").write_text(json.dumps({**RECORD, **changes}), encoding="utf-8")
    return AugmentedClip.open(folder)


def test_paths_are_relative_to_the_record(tmp_path):
    assert opened(tmp_path).video == tmp_path / ".." / "videos" / "output.mp4"


@pytest.mark.parametrize("field", ["caption_path", "output_video_path", "original_video_path", "source_clip"])
@pytest.mark.parametrize("path", ["/etc/passwd", "C:\\secret.mp4", "\\\\host\\share", "a\0b", "", "x" * 5000])
def test_other_paths_are_refused(tmp_path, field, path):
    with pytest.raises(FormatError, match=field):
        opened(tmp_path, **{field: path})


def test_so_are_those_of_controls(tmp_path):
    with pytest.raises(FormatError, match="control_videos.edge"):
        opened(tmp_path, control_videos={"edge": "/etc/passwd"})
    with pytest.raises(FormatError, match="controls.edge.mask"):
        opened(tmp_path, controls={"edge": {"mask": "/etc/passwd"}})
