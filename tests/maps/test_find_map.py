"""Finding a map's file by the name a recording gives."""

import os

import pytest
from xodr_samples import document, road

from roadmark.errors import InputError
from roadmark.maps import find_map, load_opendrive


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "Town10HD.xodr").write_bytes(document([road()]))
    (tmp_path / "town01.XODR").write_bytes(document([road()]))
    (tmp_path / "notes.txt").write_text("no map")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["Town10HD", "town10hd", "Town10HD_Opt", "/Game/Carla/Maps/Town10HD_Opt", r"a\Town10HD"]
)
def test_found_whatever_the_case_layer_or_path(folder, name):
    assert find_map(folder, name) == folder / "Town10HD.xodr"


def test_an_exact_name_comes_before_the_base_map(folder):
    (folder / "Town10HD_Opt.xodr").write_bytes(document([road()]))
    assert find_map(folder, "Town10HD_Opt").name == "Town10HD_Opt.xodr"
    assert find_map(folder, "Town01").name == "town01.XODR"


def test_a_file_is_taken_as_it_is(folder):
    assert find_map(folder / "town01.XODR", "Town99") == folder / "town01.XODR"


@pytest.mark.parametrize("name", ["Town99", "..", "Town10HD\n", ""])
def test_a_missing_map_names_itself_and_the_option(folder, name):
    with pytest.raises(InputError, match="--xodr-path"):
        find_map(folder, name)


def test_no_place_at_all(tmp_path):
    with pytest.raises(InputError, match=r"'Town05'.*--xodr-path"):
        find_map(None, "Town05")
    with pytest.raises(InputError, match="does not exist"):
        find_map(tmp_path / "nowhere", "Town05")
    with pytest.raises(InputError, match=r"no \.xodr file"):
        find_map(tmp_path, "Town05")


def test_load_names_the_map_after_the_file(folder):
    assert load_opendrive(folder / "Town10HD.xodr").name == "Town10HD"
    with pytest.raises(InputError, match="no such file"):
        load_opendrive(folder / "none.xodr")


def test_places_that_cannot_be_looked_at(folder, monkeypatch):
    with pytest.raises(InputError, match="too long"):
        find_map(folder / ("x" * 5000), "Town01")

    def locked(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.is_dir", locked)
    with pytest.raises(InputError, match="Permission denied"):
        find_map(folder, "Town01")


def test_what_is_no_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "Town05.xodr")
    with pytest.raises(InputError, match="not a regular file"):
        find_map(tmp_path / "Town05.xodr", "Town05")
    with pytest.raises(InputError, match="not a regular file"):
        load_opendrive(tmp_path / "Town05.xodr")
    with pytest.raises(InputError, match=r"no \.xodr file"):
        find_map(tmp_path, "Town05")
    for place in ("a" * 300, tmp_path / "loop"):
        (tmp_path / "loop").unlink(missing_ok=True)
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        with pytest.raises(InputError):
            find_map(place, "Town05")


def test_a_long_name_is_cut(tmp_path):
    with pytest.raises(InputError) as caught:
        find_map(tmp_path, "a" * 65535)
    assert len(str(caught.value)) < 1000
