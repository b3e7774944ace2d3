"""`roadmark view` on a small clip."""

import subprocess
import sys

import pytest

from detection_samples import HEIGHT, WIDTH, write_clip
from roadmark.geometry import FThetaCamera

pytest.importorskip("rerun", reason="rerun-sdk is not installed")


def test_a_recording_and_what_it_holds(roadmark, tmp_path):
    write_clip(tmp_path / "clip", 3)
    ran = roadmark("view", tmp_path / "clip", "--rerun", tmp_path / "clip.rrd", "--pictures", "video", "--every", "2")
    assert ran.code == 0
    assert f"recording {tmp_path}/clip.rrd: 3 frames, 2 actors, 0 events" in ran.out
    assert "note: the clip holds no map: no lanes are recorded" in ran.err
    assert (tmp_path / "clip.rrd").read_bytes().startswith(b"RRF")


def test_the_viewer_is_opened_on_request(roadmark, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **options: started.append(command))
    write_clip(tmp_path / "clip", 1)
    assert roadmark("view", tmp_path / "clip", "--rerun", tmp_path / "clip.rrd", "--spawn").code == 0
    assert started == [[sys.executable, "-m", "rerun", str(tmp_path / "clip.rrd")]]

    def refused(*_, **__):
        raise OSError(8, "Exec format error")

    monkeypatch.setattr(subprocess, "Popen", refused)
    ran = roadmark("view", tmp_path / "clip", "--rerun", tmp_path / "clip.rrd", "--spawn")
    assert (ran.code, "the Rerun viewer cannot be started: Exec format error" in ran.err) == (1, True)


def test_other_cameras_are_said_to_have_no_frustum(roadmark, tmp_path):
    wide = FThetaCamera(WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, (0.0, 0.05, 0.0, 0.0, 0.0, 0.0))
    write_clip(tmp_path / "clip", 1, wide)
    ran = roadmark("view", tmp_path / "clip", "--rerun", tmp_path / "clip.rrd")
    assert (ran.code, "note: the camera is no pinhole (FThetaCamera)" in ran.err) == (0, True)


def test_what_goes_wrong_is_said(roadmark, tmp_path):
    write_clip(tmp_path / "clip", 1)
    ran = roadmark("view", tmp_path / "clip", "--rerun", tmp_path / "clip.mp4")
    assert (ran.code, "the name must end in .rrd" in ran.err) == (1, True)
    ran = roadmark("view", tmp_path, "--rerun", tmp_path / "clip.rrd")
    assert (ran.code, "this folder is no whole clip" in ran.err) == (1, True)
    assert not (tmp_path / "clip.rrd").exists()
