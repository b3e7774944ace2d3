"""A run of augmentation: what is made, what is kept, what is made again, and what stops it."""

import json
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from roadmark.augment import (
    AugmentSettings,
    augment_settings,
    clip_samples,
    find_sources,
    plan_work,
    read_plan,
    run_augmentation,
)
from roadmark.augment import backends as backends_module
from roadmark.augment.transfer.protocol import PendingError, TransferError, TransferResult
from roadmark.clip import AugmentedClip, find_augmented
from roadmark.errors import ConfigError, InputError
from roadmark.media import VideoWriter, read_video, video_info
from roadmark.pipeline import ItemStatus


class Service:
    """A transfer service that counts what it is paid for, and fails where it is told to."""

    name = "cosmos-videos"

    def __init__(self) -> None:
        self.paid: list[str] = []
        self.fails: dict[str, Exception] = {}

    def config(self):
        return {}

    def check(self, request) -> None:
        pass

    def transfer(self, request, output, progress):
        for part, error in self.fails.items():
            if part in request.name:
                raise error
        self.paid.append(request.name)
        shutil.copyfile(request.video, output)
        return TransferResult(facts={"paid": len(request.name)})

    def close(self) -> None:
        pass


@pytest.fixture
def service(monkeypatch):
    """Stands for every backend."""
    service = Service()
    monkeypatch.setattr(backends_module, "make_transfer", lambda name, **options: service)
    return service


def settings_of(**options) -> AugmentSettings:
    options = {"variations": 2, "backend": "cosmos-videos", "url": "http://localhost:9/v1", **options}
    return augment_settings(None, **options)[0]


def augment(settings, clips, folder, **options):
    sources = find_sources(clip_samples(clips, folder))
    work = plan_work(settings, sources, always_in_folders=True, kept=read_plan(settings, folder))
    return run_augmentation(settings, work, folder, **{"verify": False, **options})


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def statuses(run) -> dict[str, ItemStatus]:
    return {result.item_id: result.status for result in run.videos.results}


def test_a_run_draws_every_clip_again_and_says_how(crossing_run, tmp_path):
    settings, _ = augment_settings(None, variations=1, lists={"lighting_condition": ["night"]})
    run = augment(settings, crossing_run / "a", tmp_path / "out")
    assert run.succeeded
    (made,) = find_augmented(tmp_path / "out")
    assert made.path == tmp_path / "out" / "a" / "Augmentation_0"
    record = made.record
    assert record.backend == "rerender"
    assert record.selections["lighting_condition"] == "night"
    assert (made.path / record.original_video_path).samefile(crossing_run / "a" / "videos" / "rgb.mp4")
    assert made.source().path.samefile(crossing_run / "a")
    assert (made.path / "output.txt").read_text(encoding="utf-8").strip() == record.prompt
    assert "night" in record.prompt
    assert record.caption["text"] == json.loads((tmp_path / "out/captions/a.json").read_text(encoding="utf-8"))["text"]
    assert not [path for path in made.path.iterdir() if path.name.startswith(".")]


def test_nothing_that_is_done_is_paid_again(crossing_run, tmp_path, service):
    first = augment(settings_of(), crossing_run, tmp_path / "out")
    assert set(statuses(first).values()) == {ItemStatus.DONE}
    assert len(service.paid) == 4
    before = tree(tmp_path / "out")
    second = augment(settings_of(), crossing_run, tmp_path / "out")
    assert set(statuses(second).values()) == {ItemStatus.SKIPPED}
    assert len(service.paid) == 4
    assert tree(tmp_path / "out") == before


def test_more_variations_leave_those_that_are_there(crossing_run, tmp_path, service):
    augment(settings_of(), crossing_run, tmp_path / "out")
    chosen = {made.path: made.record.selections for made in find_augmented(tmp_path / "out")}
    run = augment(settings_of(variations=3), crossing_run, tmp_path / "out")
    assert statuses(run)["a-0"] is ItemStatus.SKIPPED
    assert statuses(run)["a-2"] is ItemStatus.DONE
    assert {path: AugmentedClip.open(path).record.selections for path in chosen} == chosen
    assert len(service.paid) == 6


def test_a_clip_added_between_others_changes_nothing_of_theirs(crossing_run, tmp_path, service):
    clips = tmp_path / "clips"
    shutil.copytree(crossing_run / "b", clips / "b")
    augment(settings_of(), clips, tmp_path / "out")
    before = tree(tmp_path / "out" / "b")
    shutil.copytree(crossing_run / "a", clips / "a")
    augment(settings_of(), clips, tmp_path / "out")
    assert tree(tmp_path / "out" / "b") == before
    chosen = [tuple(made.record.selections.values()) for made in find_augmented(tmp_path / "out")]
    assert len(set(chosen)) == 4


def test_other_lists_make_other_videos(crossing_run, tmp_path, service):
    augment(settings_of(), crossing_run / "a", tmp_path / "out")
    augment(settings_of(lists={"lighting_condition": ["night"]}), crossing_run / "a", tmp_path / "out")
    assert {made.record.selections["lighting_condition"] for made in find_augmented(tmp_path / "out")} == {"night"}


class Killed(BaseException):
    """Ends the process, as a signal would."""


@pytest.mark.parametrize("step", ["write_record", "place", "_record", "_verified"])
def test_a_kill_after_payment_loses_no_money(crossing_run, tmp_path, service, monkeypatch, step):
    from roadmark.augment import stage

    owner = stage.AugmentStage if step.startswith("_") else stage
    with monkeypatch.context() as patch:

        def die(*arguments, **options):
            raise Killed

        patch.setattr(owner, step, die)
        with pytest.raises(Killed):
            augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out")
    assert len(service.paid) == 1
    assert not list((tmp_path / "out").rglob("output.json"))
    run = augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out")
    assert run.succeeded
    assert len(service.paid) == 1
    shutil.rmtree(tmp_path / "whole", ignore_errors=True)
    augment(settings_of(variations=1), crossing_run / "a", tmp_path / "whole")
    assert tree(tmp_path / "out" / "a") == tree(tmp_path / "whole" / "a")


def test_a_kill_between_the_video_and_its_receipt_loses_no_money(crossing_run, tmp_path, service, monkeypatch):
    from roadmark.augment import steps

    real = steps.write_atomically

    def die_at_the_receipt(path, data):
        if "transfer" in path.name:
            raise Killed
        real(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(steps, "write_atomically", die_at_the_receipt)
        with pytest.raises(Killed):
            augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out")
    assert augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out").succeeded
    assert len(service.paid) == 1


def test_a_kill_before_the_manifest_calls_it_done_loses_no_money(crossing_run, tmp_path, service, monkeypatch):
    from roadmark.augment import stage

    real = stage.write_record

    def write_and_die(output, record):
        real(output, record)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(stage, "write_record", write_and_die)
        with pytest.raises(Killed):
            augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out")
    before = tree(tmp_path / "out" / "a" / "Augmentation_0")
    run = augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out")
    assert run.succeeded
    assert len(service.paid) == 1
    after = tree(tmp_path / "out" / "a" / "Augmentation_0")
    assert after == {name: data for name, data in before.items() if not name.startswith(".")}
    (tmp_path / "out" / "a" / "Augmentation_0" / ".output.steps").mkdir()  # left by a kill just after the manifest
    augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out")
    assert tree(tmp_path / "out" / "a" / "Augmentation_0") == after
    assert not list((tmp_path / "out").rglob(".output.steps"))


def test_a_kept_video_that_is_damaged_is_made_again(crossing_run, tmp_path, service, monkeypatch):
    from roadmark.augment import stage

    def die(*arguments):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(stage, "place", die)
        with pytest.raises(Killed):
            augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out")
    (kept,) = (tmp_path / "out").rglob("transfer-*.mp4")
    kept.write_bytes(kept.read_bytes()[:-100])
    assert augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out").succeeded
    assert len(service.paid) == 2
    (made,) = find_augmented(tmp_path / "out")
    assert made.video.read_bytes() == (crossing_run / "a" / "videos" / "rgb.mp4").read_bytes()


def test_a_picture_that_the_labels_do_not_fit_is_refused_before_anybody_is_paid(two_clips, tmp_path, service):
    with VideoWriter(two_clips / "a" / "videos" / "rgb.mp4", 64, 64, Fraction(10)) as video:
        for _ in range(6):
            video.write(np.zeros((64, 64, 3), np.uint8))
    run = augment(settings_of(variations=1), two_clips, tmp_path / "out", keep_going=True)
    assert "6 frames of 64x64, but the labels" in run.videos.results[0].error.message
    assert statuses(run)["b-0"] is ItemStatus.DONE
    assert len(service.paid) == 1


def test_conditions_that_nobody_knows_are_the_services_affair(crossing_run, tmp_path, service):
    settings = settings_of(variations=1, lists={"weather_condition": ["hail storm"], "mood": ["gloomy"]})
    run = augment(settings, crossing_run / "a", tmp_path / "out", verify=True)
    assert [result.error for result in run.videos.results] == [None]
    (made,) = find_augmented(tmp_path / "out")
    assert "hail storm" in made.record.prompt


def test_a_prompt_that_cannot_be_read_fails_alone_where_asked(two_clips, tmp_path, service):
    prompt = tmp_path / "prompt.txt"
    prompt.write_bytes(b"fog at \xff")
    samples = clip_samples(two_clips, tmp_path / "out")
    samples[0] = samples[0].model_copy(update={"prompt_file": prompt})
    work = plan_work(settings_of(variations=1), find_sources(samples), always_in_folders=True)
    with pytest.raises(ConfigError, match="byte 7"):
        run_augmentation(settings_of(variations=1), work, tmp_path / "out", verify=False)
    told = []
    run = run_augmentation(
        settings_of(variations=1),
        work,
        tmp_path / "out",
        verify=False,
        keep_going=True,
        on_result=lambda stage, result: told.append((stage, result.item_id)),
    )
    assert statuses(run) == {"a-0": ItemStatus.FAILED, "b-0": ItemStatus.DONE}
    assert ("augment", "a-0") in told
    assert not run.succeeded


def test_a_failure_is_recorded_and_the_others_go_on_where_asked(crossing_run, tmp_path, service):
    service.fails["-a-0-"] = TransferError("http://localhost:9: busy; run again")
    stopped = augment(settings_of(), crossing_run, tmp_path / "stopped")
    assert statuses(stopped) == {"a-0": ItemStatus.FAILED, **dict.fromkeys(("a-1", "b-0", "b-1"), ItemStatus.NOT_RUN)}
    run = augment(settings_of(), crossing_run, tmp_path / "out", keep_going=True)
    assert not run.succeeded
    assert statuses(run)["a-0"] is ItemStatus.FAILED
    assert len(find_augmented(tmp_path / "out")) == 3
    service.fails.clear()
    assert augment(settings_of(), crossing_run, tmp_path / "out").succeeded
    assert len(service.paid) == 4


def test_handed_over_work_waits_and_the_rest_is_handed_over_too(crossing_run, tmp_path, service):
    service.fails["-a-"] = PendingError("the job is written; run launch.sh, then this command again")
    service.fails["-b-"] = PendingError("the job is written; run launch.sh, then this command again")
    run = augment(settings_of(backend="cosmos-jobs", url=None), crossing_run, tmp_path / "out")
    assert not run.succeeded
    assert [result.item_id for result in run.pending] == ["a-0", "a-1", "b-0", "b-1"]


def test_files_of_somebody_else_are_not_replaced(crossing_run, tmp_path, service):
    theirs = tmp_path / "out" / "a" / "Augmentation_0" / "output.mp4"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"mine")
    run = augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out")
    assert "was not made by this run" in run.videos.results[0].error.message
    assert theirs.read_bytes() == b"mine"
    assert service.paid == []
    again = augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out")
    assert "was not made by this run" in again.videos.results[0].error.message
    assert theirs.read_bytes() == b"mine"
    assert augment(settings_of(variations=1), crossing_run / "a", tmp_path / "out", overwrite=True).succeeded
    assert theirs.read_bytes() != b"mine"


def test_processes_give_the_same_bytes(crossing_run, tmp_path):
    settings, _ = augment_settings(None, variations=1, lists={"lighting_condition": ["night", "sunset"]})
    assert augment(settings, crossing_run, tmp_path / "one").succeeded
    assert augment(settings, crossing_run, tmp_path / "two", workers=2).succeeded
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_a_rejected_video_stays_and_the_run_says_so(two_clips, tmp_path, service):
    def mirrored(request, output, progress):
        info = video_info(request.video)
        with VideoWriter(output, info.width, info.height, info.fps) as video:
            for frame in read_video(request.video):
                video.write(np.ascontiguousarray(frame[:, ::-1]))
        return TransferResult()

    service.transfer = mirrored
    run = augment(settings_of(variations=1), two_clips / "b", tmp_path / "out", verify=True)
    (rejected,) = run.rejected
    assert rejected.result["reasons"]
    assert not run.succeeded
    (made,) = find_augmented(tmp_path / "out")
    assert made.record.verdict == "reject"
    assert (made.path / "verification.json").is_file()
    again = augment(settings_of(variations=1), two_clips / "b", tmp_path / "out", verify=True)
    assert not again.succeeded
    assert statuses(again) == {"b-0": ItemStatus.SKIPPED}


def test_twelve_clips_three_times_repeat_no_condition(crossing_run, tmp_path):
    clips = tmp_path / "clips"
    for number in range(12):
        shutil.copytree(crossing_run / "a", clips / f"clip_{number:02d}")
    sources = find_sources(clip_samples(clips, tmp_path / "out"))
    work = plan_work(augment_settings(None, variations=3)[0], sources, always_in_folders=True)
    combinations = [tuple(sorted(variation.selections.items())) for variation in work.variations]
    assert len(combinations) == len(set(combinations)) == 36


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backend": "cosmos-nim"}, "--url"),
        ({"backend": "elsewhere"}, "backend"),
        ({"offline": True, "url": "http://localhost:1"}, "--offline"),
        ({"lists": {"weather_condition": ()}}, "empty list"),
        (
            {"lists": {"weather_condition": ["hail"]}},
            "unknown weather condition 'hail'; known: clear",
        ),
        ({"backend": "rerender", "url": "http://localhost:1"}, "asks no service"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        augment_settings(None, **options)


def test_a_folder_without_clips_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no clip"):
        clip_samples(tmp_path, tmp_path / "out")


def test_an_augmented_clip_whose_source_changed_is_told(two_clips, tmp_path, service):
    augment(settings_of(variations=1), two_clips / "a", tmp_path / "out")
    (made,) = find_augmented(tmp_path / "out")
    shutil.rmtree(two_clips / "a")
    with pytest.raises(InputError, match="is not there"):
        made.source()
    shutil.copytree(two_clips / "b", two_clips / "a")
    with pytest.raises(InputError, match="another clip"):
        made.source()
    with pytest.raises(InputError, match="another clip"):
        made.source(two_clips / "b")
