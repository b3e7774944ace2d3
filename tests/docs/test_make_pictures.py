"""The script that makes the documentation's pictures still works, and makes every picture there is."""

import importlib.util
import sys

import numpy as np
import pytest
from doc_pages import DOCS

from roadmark.maps import load_opendrive
from roadmark.media import decode_image
from roadmark.scenario import ActorKind, read_log
from sample_crossing import write_crossing


@pytest.fixture(scope="module")
def script():
    sys.path.append(str(DOCS))
    spec = importlib.util.spec_from_file_location("make_pictures", DOCS / "make_pictures.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_pictures"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["make_pictures"]
    sys.path.remove(str(DOCS))


def test_every_picture_has_its_function(script):
    made = {f"{name}.jpg" for name in script.PICTURES}
    assert {path.name for path in (DOCS / "images").glob("*.jpg")} == made


def test_traffic_is_a_recording_of_vehicles_apart_from_each_other(script, tmp_path):
    road_map = load_opendrive(write_crossing(tmp_path).xodr)
    script.write_traffic(tmp_path / "traffic.log", road_map, np.zeros(2), 60.0, seed=1)
    scenario = read_log(tmp_path / "traffic.log")
    vehicles = scenario.of_kind(ActorKind.VEHICLE)
    assert len(vehicles) > 5
    assert scenario.of_kind(ActorKind.WALKER)
    assert not scenario.warnings
    places = np.array([scenario.tracks[actor.key].positions[0, :2] for actor in vehicles])
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag(np.full(len(places), np.inf))
    assert apart.min() > 2 * 0.7 + script.GAP  # the shortest vehicle is a bicycle of 1.5 m


def test_a_picture_from_beginning_to_end(script, tmp_path):
    studio = script.Studio(tmp_path, tmp_path, 96, 54, "draft")
    script.save(script.demo_contact(studio), tmp_path / "picture.jpg")
    assert decode_image((tmp_path / "picture.jpg").read_bytes()).shape == (54, 96, 3)
