"""Every code block of the documentation runs: commands, Python, and the files they are given.

The blocks of a page run one after the other in one folder, with at most two small frames per clip. Of a `console`
block, the output is compared too: its words, not its numbers; a line `...` stands for any lines.
"""

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from doc_pages import NOT_RUN_LINES, PAGES, Block, blocks, name

from roadmark.clip.layout import MANIFEST
from sample_crossing import write_crossing

FRAMES, WIDTH = 2, 192
RUN = {"bash", "console", "python", "json", "yaml"}

GLOBAL = {
    "host": "localhost", "port": 2000, "timeout": 360.0, "time_factor": 1.0, "generate_videos": True,
    "limit_distance": 100.0, "area_threshold": 100, "class_filter_config": "config/filter_semantic_classes.yaml",
    "ignore_hero": False, "move_spectator": False, "detect_collisions": True, "output_dir": "/path/to/output_dir",
}  # fmt: skip
"""The global file exactly as the recipe prints it."""


class Session:
    """One page's folder, Python names and reductions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, object] = {"__name__": "docs"}

    def command(self, line: str) -> tuple[str, int]:
        """Run a command line; `roadmark` in this process, anything else in a shell."""
        words = shlex.split(line, comments=True)
        if words[:1] != ["roadmark"] or set("|<>;&$") & set(line):
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", line], check=False, cwd=self.folder, capture_output=True, text=True,
                env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            )  # fmt: skip
            return done.stdout + done.stderr, done.returncode
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            from roadmark.cli import main

            patch.setattr(sys, "argv", words)
            try:
                main()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
        return said.getvalue(), code

    def python(self, block: Block) -> None:
        exec(compile(block.text, block.where, "exec"), self.names)


@pytest.fixture(scope="module")
def material(tmp_path_factory) -> Path:
    """The files that pages speak of, under their names there."""
    folder = tmp_path_factory.mktemp("material")
    files = write_crossing(folder / "scenario")
    town, log = "Town01.xodr", "DistanceToLaneCenter.log"
    data = Path(os.environ["ROADMARK_DATA"]) / "carla" if os.environ.get("ROADMARK_DATA") else None
    shutil.copy(data / "logs" / log if data else files.recording, folder / log)
    shutil.copy(data / "xodr" / town if data else files.xodr, folder / town)
    cameras = yaml.safe_load(files.cameras.read_text(encoding="utf-8"))
    for sensor in cameras:
        sensor["attributes"] = {"image_size_x": 192, "image_size_y": 108, "fov": 94}
    (folder / "cam.yaml").write_text(yaml.safe_dump(cameras, sort_keys=False), encoding="utf-8")
    (folder / "log_config.json").write_text(json.dumps({"source_scenario": "a", "start_time": 0.4, "duration": 4.2}))
    (folder / "global.json").write_text(json.dumps(GLOBAL))
    (folder / "maps").mkdir()
    shutil.copy(files.xodr, folder / "maps")
    (folder / "recorded").mkdir()
    for number in (1, 2):
        shutil.copy(files.recording, folder / "recorded" / f"{number}.log")
        shutil.copy(files.log_config, folder / "recorded" / f"{number}.json")
        shutil.copy(folder / "cam.yaml", folder / "recorded" / f"{number}.yaml")
    return folder


@pytest.fixture(scope="module")
def reduced() -> Iterator[None]:
    """At most two small frames per clip, and a fixed width of the terminal."""
    from roadmark.cli import console
    from roadmark.simulate import inputs, plan

    def few(*arguments, **options):
        sample = original_times(*arguments, **options)
        return replace(
            sample,
            times=sample.times[:FRAMES],
            source_index=sample.source_index[:FRAMES],
            source_frames=sample.source_frames[:FRAMES],
        )

    def small(path):
        return [
            replace(setup, camera=setup.camera.resized(WIDTH, round(setup.camera.height * WIDTH / setup.camera.width)))
            for setup in original_cameras(path)
        ]

    original_times, original_cameras = plan.sample_times, inputs.load_cameras
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "sample_times", few)
        patch.setattr(inputs, "load_cameras", small)
        patch.setenv("COLUMNS", "400")
        for stream in (console.out, console.err):
            patch.setattr(stream, "_width", 400)
        yield


@pytest.fixture(scope="module")
def reference_output(material, reduced) -> Path:
    """A folder as the reference's tool leaves it: our clip of the same layout without its manifest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(material)
        said, code = Session(material).command(
            "roadmark simulate --recorder-filename scenario/crossing.log --camera-config cam.yaml"
            " --xodr-path maps --output-dir REFERENCE_OUTPUT --quality draft"
        )
    assert code == 0, said
    for extra in (MANIFEST, "labels.parquet", "events.json"):
        (material / "REFERENCE_OUTPUT" / extra).unlink()
    shutil.rmtree(material / "REFERENCE_OUTPUT" / "source")
    return material / "REFERENCE_OUTPUT"


def commands(block: Block) -> list[tuple[str, str, bool]]:
    """(command, its output as shown, whether it may fail) of a block; `bash` blocks show none."""
    joined = re.sub(r"\\\n\s*", " ", block.text)
    if block.language == "bash":
        lines = [line.strip() for line in joined.splitlines()]
        return [(line, "", False) for line in lines if line and not line.startswith("#")]
    pieces = re.split(r"^\$ ", joined, flags=re.MULTILINE)
    assert not pieces[0].strip(), f"{block.where}: a console block begins with a command"
    return [(piece.partition("\n")[0], piece.partition("\n")[2], True) for piece in pieces[1:]]


def plain(text: str) -> list[str]:
    """Lines without numbers, widths of columns and rulers."""
    lines = []
    for line in text.splitlines():
        words = re.sub(r"\d+(?:[.,]\d+)*", "0", re.sub(r"[━─═]+", "-", line)).split()
        if words:
            lines.append(" ".join(words))
    return lines


def same(shown: list[str], said: list[str]) -> bool:
    """Whether the output is as shown, `...` standing for any number of lines."""
    if not shown:
        return not said
    if shown[0] == "...":
        return any(same(shown[1:], said[skip:]) for skip in range(len(said) + 1))
    if not said:
        return False
    pattern = ".*".join(map(re.escape, shown[0].split("...")))
    return re.fullmatch(pattern, said[0]) is not None and same(shown[1:], said[1:])


def run(session: Session, block: Block) -> None:
    if block.marker == "file":
        (session.folder / block.note).parent.mkdir(parents=True, exist_ok=True)
        (session.folder / block.note).write_text(block.text, encoding="utf-8")
    elif block.language == "python":
        session.python(block)
    elif block.language in {"bash", "console"}:
        for line, shown, may_fail in commands(block):
            if line.startswith(tuple(NOT_RUN_LINES)):
                continue
            said, code = session.command(line)
            assert code == 0 or may_fail, f"{block.where}: {line}\n{said}"
            if block.language == "console":
                assert same(plain(shown), plain(said)), f"{block.where}: {line}\nit says:\n{said}"
    elif block.language == "json":
        json.loads(block.text)
    elif block.language == "yaml":
        yaml.safe_load(block.text)


@pytest.mark.parametrize("page", [page for page in PAGES if any(b.language in RUN for b in blocks(page))], ids=name)
def test_blocks_run(page, material, reference_output, reduced, tmp_path, monkeypatch):
    if any(block.marker == "needs data" for block in blocks(page)) and not os.environ.get("ROADMARK_DATA"):
        pytest.skip("ROADMARK_DATA is not set: the page works on the real recording")
    folder = tmp_path / "page"
    shutil.copytree(material, folder)
    monkeypatch.chdir(folder)
    session = Session(folder)
    for block in blocks(page):
        if block.marker != "not run":
            run(session, block)


def test_every_language_of_a_block_is_known():
    known = RUN | {"", "text", "xml"}
    assert {block.language for page in PAGES for block in blocks(page)} <= known
