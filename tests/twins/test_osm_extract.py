"""Reading of OpenStreetMap extracts, and what of them a converter gets to see."""

import pytest
from osm_extract import Extract, crossing_extract

from roadmark.errors import FormatError, InputError
from roadmark.twins import load_osm, parse_osm
from roadmark.twins.streets import street_extract


def document(*rows):
    return ("<osm>" + "".join(rows) + "</osm>").encode()


NODE = '<node id="1" lat="48.0" lon="8.0"/>'


def test_nodes_ways_and_relations():
    extract = parse_osm(crossing_extract().document(), "place.osm")
    names = [way.tags["name"] for way in extract.ways.values() if "name" in way.tags]
    assert names == ["Long Street", "Short Street"]
    (relation,) = extract.relations.values()
    assert [role for _, role in relation.ways] == ["outer", "inner"]
    assert extract.center == pytest.approx((48.5, 8.25), abs=1e-3)


def test_deleted_elements_and_missing_nodes_are_left_out():
    extract = parse_osm(
        document(
            NODE, '<node id="2" lat="48" lon="8" action="delete"/>', '<node id="3" lat="48" lon="8" visible="false"/>',
            '<way id="5"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="99"/></way>',
        ),
        "place.osm",
    )  # fmt: skip
    assert list(extract.nodes) == [1]
    assert extract.ways[5].nodes == (1,)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<gpx/>", "expected <osm>"),
        (b'<!DOCTYPE osm [<!ENTITY a "b">]><osm>&a;</osm>', "is refused"),
        (b"<osm><node", "not well-formed"),
        (document(), "holds no node"),
        (document(NODE, NODE), "appears twice"),
        (document('<node id="x" lat="1" lon="1"/>'), "'x' is no id"),
        (document('<node id="1" lat="91" lon="1"/>'), "lat: '91'"),
        (document('<node id="1" lat="nan" lon="1"/>'), "lat: 'nan'"),
        (document('<node id="1" lon="1"/>'), "lat: ''"),
        (document(NODE, '<node id="2" lat="49" lon="8"/>'), "111 km across"),
        (document('<bounds minlat="2" minlon="0" maxlat="1" maxlon="0"/>', NODE), "not south-west"),
        (document('<node id="1" lat="89.9" lon="8"/>'), "too near a pole"),
    ],
)
def test_what_is_no_extract_is_refused(data, message):
    with pytest.raises(FormatError, match=message):
        parse_osm(data, "place.osm")


def test_packed_extracts_say_how_to_unpack(tmp_path):
    path = tmp_path / "place.osm.pbf"
    path.write_bytes(b"\0")
    with pytest.raises(FormatError, match="osmium cat"):
        load_osm(path)
    with pytest.raises(InputError, match="no such file"):
        load_osm(tmp_path / "none.osm")


def street(**tags):
    place = Extract()
    place.line([(0.0, 0.0), (50.0, 0.0)], **tags)
    return street_extract(parse_osm(place.document(), "place.osm")).decode()


def test_converters_see_checked_streets_only():
    text = street_extract(parse_osm(crossing_extract().document(), "place.osm")).decode()
    assert text.count("<way ") == 2
    assert "building" not in text
    assert "traffic_signals" not in text
    bad = street(highway="primary", name='a"<&b', lanes="-3", maxspeed="fast", note="x")
    assert 'k="name" v="ab"' in bad
    assert 'k="lanes" v="2"' in bad
    assert 'k="maxspeed" v="50"' in bad
    assert "note" not in bad


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ({"highway": "residential"}, 'k="maxspeed" v="30"'),
        ({"highway": "residential", "maxspeed": "20 mph"}, 'k="maxspeed" v="32"'),
        ({"highway": "motorway"}, 'k="oneway" v="yes"'),
        ({"highway": "motorway"}, 'k="sidewalk" v="no"'),
        ({"highway": "primary", "junction": "roundabout"}, 'k="oneway" v="yes"'),
        ({"highway": "primary", "oneway": "-1"}, 'k="oneway" v="-1"'),
        ({"highway": "primary", "lanes": "3", "lanes:forward": "2", "lanes:backward": "1"}, 'k="lanes:forward" v="2"'),
        ({"highway": "primary", "sidewalk:left": "separate", "sidewalk:right": "no"}, 'k="sidewalk" v="left"'),
    ],
)
def test_what_streets_have_where_tags_do_not_say(tags, wanted):
    assert wanted in street(**tags)


@pytest.mark.parametrize(
    "tags", [{"highway": "footway"}, {"highway": "service"}, {"highway": "primary", "access": "no"}]
)
def test_a_place_without_streets_is_refused(tags):
    with pytest.raises(InputError, match="no street that cars may drive"):
        street(**tags)


def test_streets_end_at_the_extracts_bounds():
    place = Extract()
    place.line([(x, 0.0) for x in (-20_000.0, -2000.0, -10.0, 10.0, 2000.0, 20_000.0)], highway="primary")
    bounds = b'<bounds minlat="48.4990" minlon="8.249" maxlat="48.501" maxlon="8.251"/>'
    data = place.document()
    start, end = data.index(b"<bounds"), data.index(b"/>") + 2
    text = street_extract(parse_osm(data[:start] + bounds + data[end:], "place.osm")).decode()
    assert text.count("<node ") == 4  # the two inside, and one beyond on either side
