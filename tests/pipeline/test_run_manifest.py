"""The manifest survives a round trip, has no trace of place or time, and is not guessed at when it is broken."""

import json
from pathlib import Path

import pytest

from roadmark.errors import FormatError, InputError
from roadmark.pipeline import ErrorRecord, Item, ItemRecord, RecordStatus, RunManifest

RECORD = ItemRecord(
    status=RecordStatus.FAILED,
    fingerprint="9f",
    output="clips/a",
    owns_output=False,
    error=ErrorRecord(type="FormatError", message="broken"),
)


def test_records_are_kept_on_disk(tmp_path):
    path = tmp_path / "run" / "run.json"
    manifest = RunManifest(path)
    assert manifest.get("simulate", "a") is None
    manifest.put("simulate", "a", RECORD)
    assert RunManifest(path).get("simulate", "a") == RECORD
    assert json.loads(path.read_text())["stages"]["simulate"]["a"]["error"] == {
        "type": "FormatError",
        "message": "broken",
    }


def test_order_of_work_does_not_show(tmp_path):
    for name, order in (("one", "ab"), ("two", "ba")):
        manifest = RunManifest(tmp_path / name)
        for item in order:
            manifest.put("simulate", item, RECORD)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_paths_are_relative(tmp_path):
    manifest = RunManifest(tmp_path / "run.json")
    assert manifest.relative(tmp_path / "a" / "b") == "a/b"
    assert manifest.relative(tmp_path.parent / "c") == "../c"


@pytest.mark.parametrize(
    ("message", "portable"),
    [
        ("{run}/clips/a: not empty", "clips/a: not empty"),
        ("{run}/in/a.log, byte 12: broken", "in/a.log, byte 12: broken"),
        ("cannot read '/home/someone/.cache/kernel.bin'", "cannot read 'kernel.bin'"),
        ("C:\\Users\\someone\\map.xodr: missing", "map.xodr: missing"),
        (
            "http://localhost:8000/v1/chat said 1/2 and/or clips/a",
            "http://localhost:8000/v1/chat said 1/2 and/or clips/a",
        ),
    ],
)
def test_messages_name_no_absolute_place(tmp_path, message, portable):
    item = Item("a", tmp_path / "clips" / "a", {"log": tmp_path / "in" / "a.log", "text": "x"})
    assert (
        RunManifest(tmp_path / "run.json").portable_message(message.replace("{run}", str(tmp_path)), item) == portable
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Invalid JSON"),
        ('{"format": "roadmark-run", "version": 1, "sta', "Invalid JSON"),
        ("[]", "no run manifest"),
        ('{"format": "other", "version": 1, "stages": {}}', "format"),
        ('{"format": "roadmark-run", "version": 2, "stages": {}}', "version"),
        ('{"format": "roadmark-run", "version": 1, "stages": {"s": {"a": {"status": "lost"}}}}', "stages.s.a.status"),
        ('{"format": "roadmark-run", "version": 1, "stages": {}, "host": "x"}', "host"),
        (b"\xff\xfe", "no run manifest"),
    ],
)
def test_a_broken_manifest_is_a_typed_error(tmp_path, text, message):
    path = tmp_path / "run.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(FormatError, match=message) as error:
        RunManifest(path)
    assert error.value.path == path
    assert "delete it to start the run over" in str(error.value)


def test_a_directory_in_its_place_is_a_typed_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        RunManifest(Path(tmp_path))


def many(manifest, first, last):
    for number in range(first, last):
        manifest.put("simulate", f"clip_{number}", RECORD)


def test_large_manifests_are_not_written_whole_for_every_change(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(
        "roadmark.pipeline.manifest.write_atomically",
        lambda path, text: (written.append(len(text)), path.write_text(text)),
    )
    manifest = RunManifest(tmp_path / "run.json")
    many(manifest, 0, 1000)
    assert len(written) < 60  # 8 of the first 8 records, then each time an eighth has come: 8 + 8 ln(1000 / 8)
    assert sum(written) < 12 * written[-1]
    assert len(RunManifest(tmp_path / "run.json").stages["simulate"]) == 1000
    manifest.save()
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
    at_once = RunManifest(tmp_path / "other.json")
    many(at_once, 0, 1000)
    at_once.save()
    assert (tmp_path / "run.json").read_bytes() == (tmp_path / "other.json").read_bytes()


def test_a_journal_cut_anywhere_gives_what_was_written(tmp_path):
    manifest = RunManifest(tmp_path / "run.json")
    many(manifest, 0, 100)
    manifest.save()
    many(manifest, 100, 104)
    journal = tmp_path / ".run.json.journal"
    data = journal.read_bytes()
    lines = data.split(b"\n")[1:]
    assert len(lines) == 4
    for length in (1, len(data) // 2, len(data) - 1, len(data)):
        journal.write_bytes(data[:length])
        whole = sum(data[:length].endswith(line) or line + b"\n" in data[:length] for line in lines)
        again = RunManifest(tmp_path / "run.json")
        assert len(again.stages["simulate"]) == 100 + whole
        again.put("simulate", "later", RECORD)  # goes on behind half a line
        assert len(RunManifest(tmp_path / "run.json").stages["simulate"]) == 100 + whole + 1


def test_a_journal_that_outlived_its_folding_changes_nothing(tmp_path):
    manifest = RunManifest(tmp_path / "run.json")
    many(manifest, 0, 100)
    manifest.save()
    many(manifest, 100, 104)
    journal = tmp_path / ".run.json.journal"
    data = journal.read_bytes()
    manifest.save()
    before = (tmp_path / "run.json").read_bytes()
    journal.write_bytes(data)
    again = RunManifest(tmp_path / "run.json")
    again.save()
    assert (tmp_path / "run.json").read_bytes() == before
    assert not journal.exists()
