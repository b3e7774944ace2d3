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
