"""CPU time of questions: 1,000 clips of generated scenarios, 150 frames each, on one core; and memory over them.

Reads labels, events, maps and marks; no video is touched. Run: python -m benchmarks questions
"""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from pathlib import Path

from roadmark.clip import Clip, read_manifest
from roadmark.generate import write_demo_scenario
from roadmark.marks import MarkOptions, mark_video, marks_file
from roadmark.pipeline import MANIFEST_NAME, RunManifest, item_generator, run_stage
from roadmark.questions import FAMILIES, Asker, read_scene
from roadmark.scene import Places
from roadmark.simulate import plan_simulation, resolve_settings, run_simulation
from roadmark.vqa import DatasetSettings, find_videos
from roadmark.vqa.question_stage import QuestionStage, question_items

SCENARIOS, CLIPS, SECONDS, FPS = 2, 1000, 7.5, 20.0
SIZE = (640, 360)
LIMIT = 60.0
"""Seconds for all clips."""
REPEATS = 5


def main() -> None:
    """Print what a clip's questions cost, family by family, and what 1,000 clips take."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        clips = [_clip(root, number) for number in range(SCENARIOS)]
        _families(clips[0], root)
        run = root / "run"
        for number in range(CLIPS):
            clip = clips[number % SCENARIOS]
            copied = run / f"clip_{number:04d}"
            shutil.copytree(clip, copied, copy_function=_link, ignore=_frames)
            manifest = read_manifest(copied / "clip.json").model_copy(update={"scenario": copied.name})
            (copied / "clip.json").unlink()  # a link
            (copied / "clip.json").write_bytes(manifest.to_json())  # else it would be the same clip once more
        found = find_videos(run)
        folder = root / "dataset"
        for video in found.videos:
            marked = folder / video.place(marked=True)
            marked.parent.mkdir(parents=True)
            _link(marks_file(clips[int(video.clip[-4:]) % SCENARIOS].parent / "som.mp4"), marks_file(marked))
        stage = QuestionStage(DatasetSettings(), folder, found.clips)
        resident: list[float] = []
        started = time.process_time()
        summary = run_stage(
            stage,
            question_items(found.clips, folder),
            RunManifest(folder / MANIFEST_NAME),
            on_result=lambda _: resident.append(_resident()),
        )
        spent = time.process_time() - started
        asked = sum((result.result or {})["questions"] for result in summary.results)
        print(f"{CLIPS} clips: {spent:.1f} s CPU (at most {LIMIT:g}), {asked} questions", flush=True)
        print(f"resident: {resident[99]:.0f} MB after 100 clips, {resident[-1]:.0f} MB after all", flush=True)


def _families(path: Path, root: Path) -> None:
    clip, places = Clip.open(path), Places()
    marks = mark_video(clip.video("rgb"), path / "odvg", root / "first.mp4", MarkOptions())
    read_scene(clip, "clip", places, marks=marks)  # the map is read once per run
    seconds = min(_spent(lambda: read_scene(Clip.open(path), "clip", places, marks=marks)) for _ in range(REPEATS))
    scene = read_scene(clip, "clip", places, marks=marks)
    print(f"{len(clip)} frames, {len(scene.courses)} objects; reading: {1e3 * seconds:.1f} ms CPU", flush=True)
    for family in FAMILIES:
        seconds = min(
            _spent(lambda: list(family.ask(scene, Asker(item_generator(0, "clip", family.name)))))  # noqa: B023
            for _ in range(REPEATS)
        )
        print(f"{family.name:16s} {1e3 * seconds:6.2f} ms CPU", flush=True)


def _clip(root: Path, number: int) -> Path:
    """A clip of a generated scenario, and its marks beside it."""
    made = write_demo_scenario(root / f"scenario_{number}", number)
    folder = root / f"made_{number}" / "clip"
    options = {
        "recorder_filename": made.paths.recording,
        "xodr_path": made.map_file,
        "camera_config": made.paths.cameras,
        "output_dir": folder,
        "start_time": max(made.start - 2.0, 0.0),
        "duration": SECONDS,
        "target_fps": FPS,
        "quality": "draft",
    }
    resolved, metadata = resolve_settings(wf_config=None, config=made.paths.config, command_line=options)
    run_simulation(plan_simulation(resolved, metadata))
    clip = Clip.open(folder)
    mark_video(clip.video("rgb"), folder / "odvg", folder.parent / "som.mp4", MarkOptions())
    return folder


def _frames(folder: str, names: list[str]) -> set[str]:
    """Folders of frames, which questions do not read."""
    return {name for name in names if (Path(folder) / name).is_dir() and name not in ("videos", "source")}


def _link(source: str | Path, target: str | Path) -> None:
    Path(target).hardlink_to(source)


def _spent(work) -> float:  # noqa: ANN001
    started = time.process_time()
    work()
    return time.process_time() - started


def _resident() -> float:
    """Megabytes in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
