"""Jobs for a Cosmos-Transfer2.5 of one's own: files that it takes, a script that runs them, results that are found."""

import os
import subprocess
from dataclasses import replace

import pytest

from roadmark.augment.transfer.controls import clip_controls
from roadmark.augment.transfer.cosmos_jobs import CosmosJobsTransfer
from roadmark.augment.transfer.cosmos_request import InferenceArguments
from roadmark.augment.transfer.protocol import PendingError, TransferError
from roadmark.media import video_info
from transfer_samples import make_clip, make_request
from transfer_samples.clips import CAR

FRAMES = 5


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("jobs") / "clip", FRAMES)


@pytest.fixture
def asked(clip, tmp_path):
    return make_request(clip, tmp_path / "controls")


def quiet(done, message=""):
    """Progress that nobody looks at."""


def hand_over(folder, request, output):
    with pytest.raises(PendingError) as caught:
        CosmosJobsTransfer(folder).transfer(request, output, quiet)
    return str(caught.value)


def test_a_job_is_what_the_models_own_script_takes(clip, asked, tmp_path):
    folder = tmp_path / "jobs of mine"
    controls = clip_controls(clip, {"edge": 1.0, "seg": 0.5}, tmp_path, mask_actors=[CAR])
    message = hand_over(folder, replace(asked, controls=controls, negative_prompt="cartoon"), tmp_path / "o.mp4")
    (job,) = folder.glob("jobs/*/*.json")
    assert str(job) in message
    assert str(folder / "launch.sh") in message
    arguments = InferenceArguments.model_validate_json(job.read_text())
    assert job.parent.name == "edge+seg"
    assert job.stem == arguments.name
    assert arguments.name.startswith("crossing-1-")
    assert (arguments.prompt, arguments.negative_prompt, arguments.seed) == (asked.prompt, "cartoon", 5)
    assert (arguments.edge.control_weight, arguments.seg.control_weight) == (1.0, 0.5)
    named = [arguments.video_path, arguments.edge.control_path, arguments.seg.control_path, arguments.seg.mask_path]
    # Paths are seen from the job's file, inside the folder: it can be copied to another machine.
    assert [video_info(job.parent / path).frames for path in named] == [FRAMES] * 4
    assert all(path.startswith("../../inputs/") for path in named)


def test_videos_that_requests_share_are_copied_once(asked, tmp_path):
    hand_over(tmp_path / "jobs", asked, tmp_path / "1.mp4")
    hand_over(tmp_path / "jobs", replace(asked, name="crossing-2", prompt="Fog."), tmp_path / "2.mp4")
    assert len(list((tmp_path / "jobs" / "inputs").iterdir())) == 3  # rgb, edges, depth
    assert len(list((tmp_path / "jobs").glob("jobs/*/*.json"))) == 2


def test_writing_a_job_again_gives_the_same_bytes(asked, tmp_path):
    def contents():
        return {path: path.read_bytes() for path in sorted((tmp_path / "jobs").rglob("*")) if path.is_file()}

    hand_over(tmp_path / "jobs", asked, tmp_path / "o.mp4")
    once = contents()
    hand_over(tmp_path / "jobs", asked, tmp_path / "o.mp4")
    assert contents() == once
    assert str(tmp_path) not in once[tmp_path / "jobs" / "launch.sh"].decode()


FAKE_MODEL = """\
import json, pathlib, shutil, sys
arguments = sys.argv[1:]
output = pathlib.Path(arguments[arguments.index("-o") + 1])
jobs = arguments[arguments.index("-i") + 1 : arguments.index("-o")]
print(len(jobs), "of", output.name)
for job in map(pathlib.Path, jobs):
    request = json.loads(job.read_text())
    shutil.copy(job.parent / request["video_path"], output / (request["name"] + ".mp4"))
"""


@pytest.fixture
def checkout(tmp_path):
    """A stand-in for the model's repository, and a torchrun that says how many GPUs it was asked for."""
    root = tmp_path / "cosmos check out"
    (root / "examples").mkdir(parents=True)
    (root / "examples" / "inference.py").write_text(FAKE_MODEL)
    tools = tmp_path / "bin"
    tools.mkdir()
    torchrun = tools / "torchrun"
    torchrun.write_text('#!/bin/sh\necho "torchrun $1"\nshift 3\nexec python examples/inference.py "$@"\n')
    torchrun.chmod(0o755)
    return root, {**os.environ, "COSMOS_DIR": str(root), "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}


def launch(folder, environment):
    return subprocess.run([folder / "launch.sh"], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("gpus", "runner"), [("1", []), ("8", ["torchrun --nproc_per_node=8"])])
def test_the_script_runs_what_is_missing_and_the_next_run_collects_it(gpus, runner, clip, asked, checkout, tmp_path):
    folder, output = tmp_path / "the jobs; $(echo)", tmp_path / "output.mp4"
    second = replace(asked, name="crossing-2", controls=clip_controls(clip, {"depth": 1.0}, tmp_path))
    hand_over(folder, asked, output)
    hand_over(folder, second, tmp_path / "second.mp4")
    _, environment = checkout
    done = launch(folder, {**environment, "NUM_GPUS": gpus})
    assert done.returncode == 0, done.stderr
    expected = []
    for group in ("depth", "edge+depth"):  # one start of the model per set of controls
        expected += [f"{group}: 1 jobs on {gpus} GPUs", *runner, f"1 of {group}"]
    assert done.stdout.splitlines() == expected
    for request, place in ((asked, output), (second, tmp_path / "second.mp4")):
        result = CosmosJobsTransfer(folder).transfer(request, place, quiet)
        assert video_info(place).frames == FRAMES
        assert result.facts["backend"] == "cosmos-jobs"
    assert launch(folder, environment).stdout == ""  # nothing is missing any more


def test_a_model_that_fails_is_told(asked, checkout, tmp_path):
    root, environment = checkout
    hand_over(tmp_path / "jobs", asked, tmp_path / "o.mp4")
    (root / "examples" / "inference.py").write_text("raise SystemExit(3)")
    assert launch(tmp_path / "jobs", environment).returncode == 1
    del environment["COSMOS_DIR"]
    missing = launch(tmp_path / "jobs", environment)
    assert missing.returncode != 0
    assert "set COSMOS_DIR to a checkout of cosmos-transfer2.5" in missing.stderr


def test_the_result_of_a_request_that_was_changed_since_is_not_taken(asked, checkout, tmp_path):
    folder = tmp_path / "jobs"
    hand_over(folder, asked, tmp_path / "o.mp4")
    launch(folder, checkout[1])
    hand_over(folder, replace(asked, prompt="Fog at noon."), tmp_path / "o.mp4")
    CosmosJobsTransfer(folder).transfer(asked, tmp_path / "o.mp4", quiet)


def test_a_damaged_result_is_an_error_that_names_it(asked, checkout, tmp_path):
    folder = tmp_path / "jobs"
    hand_over(folder, asked, tmp_path / "o.mp4")
    launch(folder, checkout[1])
    (result,) = folder.glob("results/*/*.mp4")
    result.write_bytes(result.read_bytes()[: result.stat().st_size // 2])
    with pytest.raises(TransferError, match=r"results/edge\+depth/crossing-1-\w+\.mp4: sent no whole video"):
        CosmosJobsTransfer(folder).transfer(asked, tmp_path / "o.mp4", quiet)
    assert not (tmp_path / "o.mp4").exists()
