"""The published recipe's stage 2 as it stands: its YAML, three services, each a real server of the real protocol."""

import json
import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import pytest
import yaml

from roadmark.augment import augment_settings, find_sources, plan_work, run_augmentation, run_folder
from roadmark.media import video_info


@contextmanager
def served(*command):
    """Start `roadmark serve ...` on a free port; gives its address."""
    words = [sys.executable, "-m", "roadmark", "serve", *map(str, command), "--port", "0"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stderr.readline()
            found = re.search(r"API at (http://127\.0\.0\.1:\d+)", line)
            assert found, line + process.stderr.read()
            yield found[1]
        finally:
            process.kill()


@pytest.mark.slow
def test_the_recipes_file_runs_against_its_services(crossing_run, tmp_path):
    clip = crossing_run / "b"
    with ExitStack() as stack:
        chat = stack.enter_context(served("chat", "--clips", crossing_run))
        cosmos = stack.enter_context(served("transfer", "--work-dir", tmp_path / "work"))
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
                "vlm": {"url": f"{chat}/v1", "model": "local/rules"},
                "llm": {"url": f"{chat}/v1", "model": "local/rules"},
                "cosmos": {"url": f"{cosmos}/", "model": "Cosmos-Transfer2.5-2B"},
            },
            "video_captioning": {
                "user_prompt": "Analyze the traffic intersection surveillance footage ...",
                "variables": {
                    "weather_condition": ["overcast"],
                    "lighting_condition": ["night"],
                    "road_condition": ["dry"],
                },
            },
            "cosmos": {"executor_type": "gradio", "model_version": "ct25"},
        }
        path = tmp_path / "augmentation.yaml"
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        settings, warnings = augment_settings(path)
        work = plan_work(settings, find_sources(settings.data), always_in_folders=False)
        run = run_augmentation(settings, work, run_folder(settings, path), verify=False)
    assert run.succeeded, run.videos.results[0].error
    assert any("endpoints.cosmos.model" in text for text in warnings)
    record = json.loads((tmp_path / "made" / "output.json").read_text(encoding="utf-8"))
    assert record["backend"] == "cosmos-gradio"
    assert record["prompt_facts"]["method"] == "openai"
    assert record["caption"]["model"] == "local/rules"
    assert "night" in record["prompt"]
    assert record["controls"] == {"edge": {"video": record["control_videos"]["edge"], "weight": 1.0}}
    assert (tmp_path / "made" / record["control_videos"]["edge"]).samefile(clip / "videos" / "edges.mp4")
    source, made = video_info(clip / "videos" / "rgb.mp4"), video_info(tmp_path / "made" / "output.mp4")
    assert (made.frames, made.width, made.height, made.codec) == (source.frames, source.width, source.height, "h264")
