"""`roadmark augment` as a user calls it."""

import json
import re
import shutil

import pytest
import yaml

from roadmark.clip import find_augmented
from roadmark.media import read_image, video_info


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """A run of one clip of 192x112 pixels and six frames."""
    from roadmark.simulate import plan_simulation, resolve_settings, run_simulation
    from sample_crossing import write_crossing

    folder = tmp_path_factory.mktemp("cli_augment")
    files = write_crossing(folder / "files")
    camera = {
        "sensor": "rgb",
        "attributes": {"image_size_x": 192, "image_size_y": 112, "fov": 94},
        "transform": {
            "location": {"x": -2100, "y": 1350, "z": 900},
            "rotation": {"pitch": -19, "yaw": -30, "roll": 0},
        },
    }
    (folder / "camera.yaml").write_text(yaml.safe_dump([camera]), encoding="utf-8")
    options = {
        "recorder_filename": files.recording,
        "xodr_path": files.xodr,
        "camera_config": folder / "camera.yaml",
        "output_dir": folder / "run1" / "one",
        "start_time": 3.0,
        "duration": 0.6,
        "target_fps": 10,
        "quality": "draft",
        "threads": 1,
    }
    resolved, metadata = resolve_settings(wf_config=None, config=None, command_line=options)
    run_simulation(plan_simulation(resolved, metadata))
    return folder / "run1"


@pytest.fixture
def augment(capsys, monkeypatch, tmp_path):
    """Run `roadmark augment` in an empty folder; gives exit code, output and errors."""
    import sys

    from roadmark.cli import main

    def run(*arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["roadmark", "augment", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return end.value.code or 0, captured.out, captured.err

    return run


def test_a_run_is_made_told_and_not_made_again(clips, augment, tmp_path):
    code, out, _ = augment(clips, "--variations", 2, "--no-verify")
    assert code == 0, out
    assert re.search(r"2 made\n", out)
    made = find_augmented(tmp_path / "out" / "augmented" / "run1")
    assert [one.path.name for one in made] == ["Augmentation_0", "Augmentation_1"]
    assert video_info(made[0].video).frames == 6
    code, out, _ = augment(clips, "--variations", 2, "--no-verify")
    assert code == 0
    assert "0 made, 2 made before" in out


def test_a_dry_run_shows_the_plan_and_makes_nothing(clips, augment, tmp_path):
    code, out, _ = augment(clips, "--variations", 3, "--lighting", "night,sunset", "--dry-run")
    assert code == 0
    assert out.count("Augmentation_") == 3
    assert "night" in out
    assert "sunset" in out
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_shows_all_conditions(clips, augment, tmp_path):
    code, _out, err = augment(clips, "--sheet", "sheet.png", "--backend", "relight")
    assert code == 0, err
    sheet = read_image(tmp_path / "sheet.png")
    assert sheet.shape[1] == 5 * 484 + 4


def seed_file(folder, clip, **changes):
    """The published recipe's short file for a clip, with changes."""
    document = {
        "data": [
            {
                "inputs": {
                    "rgb": str(clip / "videos" / "rgb.mp4"),
                    "controls": {"edge": str(clip / "videos" / "edges.mp4")},
                },
                "output": {"video": "made/output.mp4"},
            }
        ],
        "endpoints": {
            "vlm": {"url": "http://localhost:9/v1", "model": "nvidia/cosmos-reason1-7b"},
            "llm": {"url": "http://localhost:9/v1", "model": "nvidia/nvidia-nemotron-nano-9b-v2"},
            "cosmos": {"url": "http://localhost:9/", "model": "Cosmos-Transfer2.5-2B"},
        },
        "video_captioning": {
            "user_prompt": "Analyze the footage.",
            "variables": {"weather_condition": ["fog"], "lighting_condition": ["night"], "road_condition": ["dry"]},
        },
        "cosmos": {"executor_type": "gradio", "model_version": "ct25"},
        **changes,
    }
    path = folder / "augmentation.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def test_offline_makes_the_recipes_file_without_its_services(clips, augment, tmp_path):
    path = seed_file(tmp_path, clips / "one")
    code, out, err = augment("--config", path, "--offline", "--no-verify")
    assert code == 0, err
    assert "rerender" in out
    record = json.loads((tmp_path / "made" / "output.json").read_text(encoding="utf-8"))
    assert record["selections"] == {"weather_condition": "fog", "lighting_condition": "night", "road_condition": "dry"}
    assert (tmp_path / "made" / "output.txt").read_text(encoding="utf-8") == record["prompt"] + "\n"


def test_a_service_that_is_down_is_named_and_nothing_else_is_used(clips, augment, tmp_path, monkeypatch):
    monkeypatch.setattr("roadmark.endpoints.http.time.sleep", lambda seconds: None, raising=False)
    path = seed_file(tmp_path, clips / "one", endpoints={"cosmos": {"url": "http://localhost:9/"}})
    code, out, err = augment("--config", path, "--no-verify")
    assert code == 1
    assert "http://localhost:9" in err
    assert "curl" in err
    assert "1 failed" in out
    assert not (tmp_path / "made" / "output.mp4").exists()


def test_a_damaged_clip_is_named_and_the_others_go_on_where_asked(clips, augment, tmp_path):
    run = shutil.copytree(clips, tmp_path / "run")
    shutil.copytree(run / "one", run / "two")
    (run / "one" / "clip.json").write_text('{"bad', encoding="utf-8")
    code, _, err = augment(run, "--dry-run")
    assert code == 1
    assert "clip.json" in err
    code, out, err = augment(run, "--dry-run", "--keep-going")
    assert code == 1
    assert "clip.json" in err
    assert "two-0" in out


def test_a_picture_that_is_missing_in_a_clip_is_named(clips, augment, tmp_path):
    path = seed_file(tmp_path, clips / "one")
    path.write_text(path.read_text(encoding="utf-8").replace("rgb.mp4", "none.mp4"), encoding="utf-8")
    code, _, err = augment("--config", path, "--offline")
    assert code == 1
    assert "none.mp4: no such file" in err


def test_what_is_handed_over_waits_and_is_not_called_failed(clips, augment):
    arguments = (clips, "--backend", "cosmos-jobs", "--weather", "fog", "--lighting", "night", "--road", "dry")
    code, out, err = augment(*arguments)
    assert code == 1
    assert "0 made, 1 waiting" in out
    assert "one-0: waiting: fog, night, dry" in err
    assert "failed" not in out + err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give a folder of clips, or --config"),
        (("nowhere",), "no such folder"),
        (("CLIPS", "--backend", "cosmos-nim"), "give --url"),
        (("CLIPS", "--backend", "unreal"), "backend"),
        (("CLIPS", "--mode", "wild"), "mode"),
        (("CLIPS", "--weather", ","), "empty list"),
        (("CLIPS", "--sheet", "sheet.jpg"), "must end in .png"),
        (("CLIPS", "--sheet", "sheet.png", "--backend", "cosmos-jobs"), "whole videos only"),
        (("CLIPS", "--weather", "raining", "--road", "dry"), "rain"),
        (("CLIPS", "--weather", "hail"), "hail"),
    ],
)
def test_bad_input_is_named(clips, augment, tmp_path, arguments, message):
    code, _out, err = augment(*(clips if word == "CLIPS" else word for word in arguments))
    assert code != 0
    assert message in err
    assert not list(tmp_path.rglob("*.mp4"))
    assert not list(tmp_path.rglob("*.png"))


def test_a_prompt_by_hand_is_taken_as_it_is(clips, augment, tmp_path):
    sample = {
        "inputs": {"rgb": str(clips / "one" / "videos" / "rgb.mp4")},
        "output": {"video": "made/output.mp4"},
        "prompt": "A {strange} street, as it is.",
        "selections": {"lighting_condition": "sunset"},
    }
    path = tmp_path / "hand.yaml"
    path.write_text(yaml.safe_dump({"data": [sample]}), encoding="utf-8")
    code, _out, err = augment("--config", path, "--no-verify")
    assert code == 0, err
    assert (tmp_path / "made" / "output.txt").read_text(encoding="utf-8") == "A {strange} street, as it is.\n"
    assert not (tmp_path / "made" / "captions").exists()


def test_a_prompt_that_is_no_utf8_is_named(clips, augment, tmp_path):
    (tmp_path / "prompt.txt").write_bytes(b"A stra\xdfe.")
    sample = {
        "inputs": {"rgb": str(clips / "one" / "videos" / "rgb.mp4")},
        "output": {"video": "made/output.mp4"},
        "prompt_file": "prompt.txt",
    }
    path = tmp_path / "hand.yaml"
    path.write_text(yaml.safe_dump({"data": [sample]}), encoding="utf-8")
    code, _out, err = augment("--config", path)
    assert code == 1
    assert "prompt.txt" in err
    assert "UTF-8" in err


def test_a_damaged_plan_is_named(clips, augment, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "plan.json").write_text("{", encoding="utf-8")
    code, _out, err = augment(clips, "-o", tmp_path / "out")
    assert code == 1
    assert "plan.json" in err


def test_a_changed_clip_is_made_again(clips, augment, tmp_path):
    mine = shutil.copytree(clips, tmp_path / "mine")
    augment(mine, "--no-verify", "-o", "out")
    manifest = mine / "one" / "clip.json"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace('"scenario": "', '"scenario": "x'), encoding="utf-8"
    )
    code, out, _ = augment(mine, "--no-verify", "-o", "out")
    assert code == 0
    assert "1 made" in out
