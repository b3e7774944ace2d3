"""Parquet and tar shards, read by the libraries they are for."""

import gc
import json
import tarfile

import pytest
from conversation_samples import TALK, yes_no

from roadmark.dataset import Media, sample_from_record
from roadmark.errors import InputError, OutputError
from roadmark.formats import huggingface_record, write_huggingface, write_webdataset

SIDES = {"clip_a": "train", "clip_b": "val"}


def side_of(sample):
    return SIDES[sample.clip]


def media_folder(root):
    for name, content in (("videos/clip_a.mp4", b"AAAA"), ("videos/clip_b.mp4", b"B" * 700), ("videos/a.mp4", b"V"),
                          ("frames/a.jpg", b"I")):  # fmt: skip
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).write_bytes(content)
    return root


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_datasets_reads_the_parquet_files(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets", reason="the datasets library is not installed")
    datasets.disable_progress_bars()
    samples = [yes_no(1), TALK, yes_no(1, "No", "clip_b"), yes_no(2, "No", "clip_b"), yes_no(3, "No")]
    assert write_huggingface(tmp_path / "out", samples, side_of, rows_per_shard=2) == {"train": 3, "val": 2}
    assert sorted(contents(tmp_path / "out")) == [
        "data/train-00000.parquet", "data/train-00001.parquet", "data/val-00000.parquet",
    ]  # fmt: skip
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {side: rows["id"][:] for side, rows in loaded.items()} == {
        "train": ["clip_a-1", "clip_a-1", "clip_a-3"], "validation": ["clip_b-1", "clip_b-2"],
    }  # fmt: skip
    assert loaded["train"][1] == huggingface_record(TALK)
    assert loaded["train"][1]["messages"][1] == {
        "role": "user",
        "content": [
            {"type": "video", "text": None},
            {"type": "image", "text": None},
            {"type": "text", "text": "Was geschieht?\nZwei Sätze."},
        ],
    }
    assert (loaded["train"][1]["videos"], loaded["train"][1]["images"]) == (["videos/a.mp4"], ["frames/a.jpg"])
    assert json.loads(loaded["train"][1]["facts"]) == {"a": ["ä"], "b": 1.5}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the library leaves the tar open
def test_webdataset_reads_the_shards(tmp_path):
    webdataset = pytest.importorskip("webdataset", reason="the webdataset library is not installed")
    root = media_folder(tmp_path / "dataset")
    samples = [yes_no(1), yes_no(2, "No"), TALK, yes_no(1, "No", "clip_b")]
    assert write_webdataset(tmp_path / "out", samples, root, side_of) == {"train": 2, "val": 1}
    read = webdataset.WebDataset([str(tmp_path / "out" / "train-000000.tar")], shardshuffle=False, empty_check=False)
    first, second = read.decode()
    assert (first["__key__"], first["mp4"], first["json"]["media"]) == ("000000000", b"AAAA", ["mp4"])
    assert [sample_from_record(record) for record in first["json"]["samples"]] == samples[:2]
    assert second["json"]["media"] == ["0.mp4", "1.jpg"]
    assert [sample_from_record(record) for record in second["json"]["samples"]] == [TALK]
    del read
    gc.collect()  # now, while the warning about it is expected


def test_a_video_is_stored_once_however_its_questions_are_mixed(tmp_path):
    root = media_folder(tmp_path / "dataset")
    other = (Media("video", "videos/a.mp4"),)
    samples = [yes_no(1), yes_no(2, media=other), yes_no(3), yes_no(4, media=other), yes_no(5, "No", "clip_b")]
    assert write_webdataset(tmp_path / "out", samples, root) == {"train": 3}
    with tarfile.open(tmp_path / "out" / "train-000000.tar") as tar:
        records = [json.load(tar.extractfile(name)) for name in tar.getnames() if name.endswith("json")]
    asked = [[record["id"] for record in entry["samples"]] for entry in records]
    assert asked == [["clip_a-1", "clip_a-3"], ["clip_a-2", "clip_a-4"], ["clip_b-5"]]


def test_shards_are_closed_at_their_size(tmp_path):
    root = media_folder(tmp_path / "dataset")
    samples = [yes_no(1), yes_no(1, "No", "clip_b"), yes_no(2), yes_no(2, "No", "clip_b")]
    write_webdataset(tmp_path / "out", samples, root, bytes_per_shard=3000)  # 2 headers, 2 or 3 blocks: 2 entries
    assert sorted(contents(tmp_path / "out")) == ["train-000000.tar", "train-000001.tar"]


def test_the_same_samples_give_the_same_bytes(tmp_path):
    root = media_folder(tmp_path / "dataset")
    samples = [yes_no(1), TALK, yes_no(1, "No", "clip_b")]
    for name in ("one", "two"):
        write_huggingface(tmp_path / "hf" / name, samples, side_of)
        write_webdataset(tmp_path / "wds" / name, samples, root, side_of)
        (root / "videos" / "a.mp4").touch(0o600)  # another time and other rights
        (root / "videos" / "a.mp4").chmod(0o600)
    for format_ in ("hf", "wds"):
        assert contents(tmp_path / format_ / "one") == contents(tmp_path / format_ / "two")


def test_a_failure_leaves_nothing(tmp_path):
    root = media_folder(tmp_path / "dataset")

    def failing():
        yield yes_no(1)
        yield yes_no(1, "No", "clip_b")
        raise InputError("the labels are gone")

    for write in (lambda: write_huggingface(tmp_path / "out", failing(), side_of),
                  lambda: write_webdataset(tmp_path / "out", failing(), root, side_of)):  # fmt: skip
        with pytest.raises(InputError, match="the labels are gone"):
            write()
        assert [path.name for path in tmp_path.iterdir()] == ["dataset"]


def test_odd_extensions_do_not_meet_the_json(tmp_path):
    root = media_folder(tmp_path / "dataset")
    for name in ("plain", "points.json"):
        (root / name).write_bytes(b"{}")
    samples = [yes_no(1, media=(Media("image", name),)) for name in ("plain", "points.json")]
    write_webdataset(tmp_path / "out", samples, root)
    with tarfile.open(tmp_path / "out" / "train-000000.tar") as tar:
        assert tar.getnames() == ["000000000.bin", "000000000.json", "000000001.0.json", "000000001.json"]


def test_missing_media_are_named(tmp_path):
    root = media_folder(tmp_path / "dataset")
    with pytest.raises(InputError, match=r"gone.mp4: no such file; the dataset is not whole"):
        write_webdataset(tmp_path / "out", [yes_no(media=(Media("video", "gone.mp4"),))], root)
    (root / "link.mp4").symlink_to("/etc/hostname")
    with pytest.raises(InputError, match=r"link.mp4: leads out of the dataset"):
        write_webdataset(tmp_path / "out", [yes_no(media=(Media("video", "link.mp4"),))], root)


def test_what_is_there_is_not_overwritten_unasked(tmp_path):
    write_huggingface(tmp_path / "out", [yes_no(1)])
    with pytest.raises(OutputError):
        write_huggingface(tmp_path / "out", [yes_no(2)])
    write_huggingface(tmp_path / "out", [yes_no(2)], overwrite=True)
    assert list(contents(tmp_path / "out")) == ["data/train-00000.parquet"]
