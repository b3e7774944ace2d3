"""Buildings and all else around the streets of an extract, and the file that keeps them."""

import json
import math

import numpy as np
import pytest
from osm_extract import Extract, rectangle

from roadmark.errors import FormatError, InputError
from roadmark.maps import parse_opendrive
from roadmark.twins import (
    GivenBuilding,
    Surroundings,
    TransverseMercator,
    contains,
    parse_osm,
    read_surroundings,
    surroundings_bytes,
    surroundings_path,
    write_surroundings,
)
from roadmark.twins.outlines import PlacedExtract
from roadmark.twins.places import find_surroundings
from roadmark.twins.polygons import cleaned, is_rectangle, signed_area

STREET = """<OpenDRIVE><header revMajor="1" revMinor="4"/><road id="1" length="200" junction="-1"><planView>
<geometry s="0" x="-100" y="0" hdg="0" length="200"><line/></geometry></planView><lanes><laneSection s="0"><center>
<lane id="0" type="none"/></center><right><lane id="-1" type="driving"><width sOffset="0" a="3.5" b="0" c="0" d="0"/>
</lane></right></laneSection></lanes></road></OpenDRIVE>"""


def around(place):
    """Surroundings of an extract around a street along y = 0, and the notes."""
    extract = parse_osm(place.document(), "place.osm")
    plane = TransverseMercator(48.5, 8.25)
    return find_surroundings(PlacedExtract(extract, plane), parse_opendrive(STREET.encode(), "x"), plane.proj)


def building(**tags):
    place = Extract()
    place.area(rectangle(0.0, 30.0, 22.0, 10.0), **{"building": "yes", **tags})
    (one,) = around(place)[0].buildings
    return one


def test_the_crossings_surroundings(any_twin):
    given = any_twin.surroundings
    assert len(given.buildings) == 4
    assert len(given.trees) == 4 + 6
    assert {one.kind for one in given.areas} == {"wood", "water", "grass"}
    assert {one.kind for one in given.barriers} == {"hedge", "fence", "wall"}
    assert [one.kind for one in given.things] == ["street_lamp", "bench"]
    courtyard = next(one for one in given.buildings if one.holes)
    assert signed_area(courtyard.outline) == pytest.approx(60.0 * 50.0, rel=1e-3)
    assert signed_area(courtyard.holes[0]) == pytest.approx(-30.0 * 20.0, rel=1e-3)
    assert courtyard.eaves == 14.0
    flats = next(one for one in given.buildings if one.use == "apartments")
    assert flats.outline.min(axis=0) == pytest.approx([15.0, 20.0], abs=0.05)
    assert flats.wall_color == (0xC8, 0xA0, 0x80)


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ({"building:levels": "5"}, {"storeys": 5, "eaves": 15.9}),
        ({"height": "12 m", "building:levels": "3"}, {"storeys": 3, "eaves": 12.0}),
        ({"height": "12"}, {"storeys": 4}),
        ({"height": "40'"}, {"eaves": 12.19}),
        ({"building": "house"}, {"storeys": 2, "roof": "gabled", "use": "house"}),
        ({"building": "house", "height": "8.5", "roof:height": "3"}, {"eaves": 5.5}),
        ({"building": "garage"}, {"storeys": 1, "roof": "flat"}),
        ({"building": "warehouse"}, {"storeys": 1, "use": "hall"}),
        ({"building": "office", "building:levels": "12", "building:material": "glass"}, {"material": "glass"}),
        ({"roof:shape": "pyramidal", "building:levels": "2"}, {"roof": "pyramidal"}),
        ({"building:colour": "light grey"}, {"wall_color": (190, 190, 186)}),
        ({"building:colour": "#abc"}, {"wall_color": (170, 187, 204)}),
        ({"building:colour": "like new"}, {"wall_color": None}),
        ({"building:levels": "5", "building:min_level": "2"}, {"base": 6.2}),
        ({"building:levels": "-1"}, {"storeys": 2}),
        ({"building:levels": "1e9", "height": "nan"}, {"storeys": 2}),
        ({"shop": "bakery", "building:levels": "3"}, {"use": "shop"}),
        ({"height": "2500"}, {"eaves": 830.0, "storeys": 160}),
    ],
)
def test_what_tags_say_about_a_building(tags, wanted):
    one = building(**tags)
    assert {key: getattr(one, key) for key in wanted} == wanted


def test_no_building_where_there_is_none():
    place = Extract()
    place.area(rectangle(0.0, 30.0, 20.0, 10.0), building="no")
    place.area(rectangle(0.0, 60.0, 20.0, 10.0), building="yes", location="underground")
    place.area(rectangle(50.0, 1.0, 20.0, 10.0), building="yes")  # over the street
    place.area([(0.0, 90.0), (1.0, 90.0), (2.0, 90.0)], building="yes")  # without an inside
    given, notes = around(place)
    assert given.buildings == ()
    assert len(notes) == 1
    assert "span a road" in notes[0]


def test_parts_stand_for_their_building():
    place = Extract()
    place.area(rectangle(0.0, 40.0, 40.0, 20.0), building="yes", building__colour="beige")
    place.area(rectangle(-10.0, 40.0, 20.0, 20.0), building__part="yes", building__levels=2)
    place.area(rectangle(10.0, 40.0, 20.0, 20.0), building__part="yes", building__levels=9)
    low, high = sorted(around(place)[0].buildings, key=lambda one: one.storeys)
    assert (low.storeys, high.storeys) == (2, 9)
    assert low.wall_color == high.wall_color == (214, 200, 170)


def test_relations_join_their_ways():
    place = Extract()
    a, b, c, d = (place.node(*corner) for corner in rectangle(0.0, 40.0, 30.0, 20.0))
    first, second = place.way([a, b, c]), place.way([a, d, c])
    place.relation([(first, "outer"), (second, "outer")], type="multipolygon", building="yes")
    place.relation([(first, "outer")], type="multipolygon", building="yes")  # never closes
    (one,) = around(place)[0].buildings
    assert signed_area(one.outline) == pytest.approx(600.0, rel=1e-3)


def test_furniture_paths_and_directions():
    place = Extract()
    place.node(10.0, 10.0, amenity="bench", direction="90")
    place.node(12.0, 10.0, amenity="bench", direction="SW")
    place.node(14.0, 10.0, amenity="waste_basket", direction="up")
    place.node(16.0, 10.0, emergency="fire_hydrant", fire_hydrant__type="underground")
    place.node(18.0, 10.0, highway="bus_stop", shelter="yes")
    place.line([(0.0, 20.0), (30.0, 20.0)], highway="footway", width="3")
    place.line([(0.0, 22.0), (30.0, 22.0)], highway="footway", footway="sidewalk")
    place.line([(0.0, 25.0), (30.0, 25.0)], highway="cycleway", tunnel="yes")
    place.line([(0.0, 60.0), (30.0, 60.0)], waterway="stream")
    given, _ = around(place)
    assert [one.kind for one in given.things] == ["bench", "bench", "bin", "shelter"]
    assert given.things[0].heading == pytest.approx(0.0)
    assert given.things[1].heading == pytest.approx(math.radians(-135.0))
    assert given.things[2].heading is None
    assert [(one.kind, one.width) for one in given.paths] == [("paved", 3.0), ("water", 2.5)]


def test_the_file_is_read_as_written(tmp_path, any_twin):
    path = surroundings_path(tmp_path / "Crossing.xodr")
    assert path.name == "Crossing.surroundings.json"
    write_surroundings(path, any_twin.surroundings)
    again = read_surroundings(path)
    assert surroundings_bytes(again) == path.read_bytes()
    assert len(again.buildings) == 4
    write_surroundings(path, Surroundings())
    assert read_surroundings(path).buildings == ()


def test_senses_of_outlines_are_put_right(tmp_path):
    path = tmp_path / "x.surroundings.json"
    ring = [[0, 0], [0, 10], [10, 10], [10, 0]]
    hole = [[2, 2], [4, 2], [4, 4], [2, 4]]
    row = {"outline": ring, "holes": [hole], "storeys": 2, "eaves": 6}
    path.write_text(json.dumps({"format": "roadmark-surroundings", "version": 1, "buildings": [row]}))
    (one,) = read_surroundings(path).buildings
    assert signed_area(one.outline) == 100.0
    assert signed_area(one.holes[0]) == -4.0


def edited(**changes):
    row = {"outline": [[0, 0], [9, 0], [9, 9]], "storeys": 1, "eaves": 3.0}
    return {"format": "roadmark-surroundings", "version": 1, "buildings": [{**row, **changes}]}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "no surroundings file"),
        ({"format": "roadmark-surroundings", "version": 2}, "version 2"),
        ({"format": "roadmark-surroundings", "version": 1, "cars": []}, "cars"),
        (edited(outline=[[0, 0], [1, 1]]), "outline"),
        (edited(outline=[[0, 0], [1, 1], [0, 0], [1, 1]]), "three corners"),
        (edited(outline=[[0, 0], [5, 5], [20, 20]]), "must enclose an area: its corners lie on a line"),
        (edited(outline=[[0, 0], [1e9, 1], [0, 3]]), "outline"),
        (edited(storeys=0), "storeys"),
        (edited(eaves=1e6), "eaves"),
        (edited(roof="thatched"), "roof"),
        (edited(wall_color=[1, 2, 256]), "wall_color"),
        (edited(texture="../../etc/passwd"), "texture"),
    ],
)
def test_what_is_no_surroundings_file_is_refused(tmp_path, data, message):
    path = tmp_path / "x.surroundings.json"
    path.write_text(json.dumps(data))
    with pytest.raises(FormatError, match=message):
        read_surroundings(path)


def test_a_missing_or_broken_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_surroundings(tmp_path / "none.json")
    path = tmp_path / "x.json"
    path.write_text('{"format": NaN')
    with pytest.raises(FormatError):
        read_surroundings(path)


def test_outlines_are_cleaned():
    square = np.array([[0, 0], [5, 0], [5.001, 0], [10, 0], [10, 10], [0, 10], [0, 0]], dtype=float)
    assert cleaned(square).tolist() == [[0, 0], [10, 0], [10, 10], [0, 10]]
    assert cleaned(square[::-1]).shape == (4, 2)
    assert cleaned(np.array([[0, 0], [5, 0], [9, 0.001]], dtype=float)) is None
    assert is_rectangle(cleaned(square))
    assert not is_rectangle(np.array([[0, 0], [9, 0], [12, 5], [0, 5]], dtype=float))
    assert contains(cleaned(square), np.array([[5.0, 5.0], [15.0, 5.0]])).tolist() == [True, False]


def test_given_things_compare_by_identity():
    one = GivenBuilding(np.zeros((3, 2)), (), 1, 3.0)
    assert one == one
    assert one != GivenBuilding(np.zeros((3, 2)), (), 1, 3.0)
