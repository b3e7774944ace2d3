"""`roadmark report` as a user runs it."""

import shutil

from labelled_world import Part, standing, write_world


def test_a_page_is_written_and_what_is_missing_is_said(roadmark, tmp_path):
    clip = write_world(tmp_path / "run" / "a", [Part(1, "vehicle.audi.tt", standing(0.0, 0.0))], seconds=0.4)
    shutil.rmtree(clip / "rgb")
    ran = roadmark("report", tmp_path / "run")
    assert ran.code == 0
    assert f"report {tmp_path / 'run' / 'report.html'}: 1 clips, 0 questions" in ran.out
    assert "warning: a: a/rgb/frame_000000000000.jpg: no such file" in ran.err
    assert (tmp_path / "run" / "report.html").is_file()


def test_wrong_uses_are_explained(roadmark, tmp_path):
    ran = roadmark("report", tmp_path)
    assert (ran.code, "holds nothing to show" in ran.err) == (1, True)
    ran = roadmark("report", tmp_path, "--output", tmp_path / "page.pdf")
    assert (ran.code, "the name must end in .html or .htm" in ran.err) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_of_many_problems_the_first_are_said(roadmark, tmp_path):
    (tmp_path / "videos").mkdir()
    (tmp_path / "samples.jsonl").write_text("")
    for number in range(60):
        (tmp_path / "videos" / f"clip_{number}").mkdir()
    ran = roadmark("report", tmp_path)
    assert ran.code == 0
    lines = [line for line in ran.err.splitlines() if line.startswith("warning: ")]
    assert len(lines) == 51
    assert lines[0].startswith("warning: sources.json: no such file")
    assert lines[-1] == "warning: 11 more problems are shown on the page"  # sources.json and 60 clips, less 50
