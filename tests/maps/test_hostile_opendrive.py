"""Broken and hostile files end in a FormatError that names file, road and field."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xodr_samples import document, geometry, lane, road, section, town

from roadmark.errors import FormatError
from roadmark.maps import parse_opendrive

SIGNAL = '<signals><signal id="5" s="9" t="-5" type="1" orientation="+" dynamic="no" width="1"/></signals>'
OBJECT = '<objects><object id="3" type="crosswalk" s="4" t="0" length="6" width="2" hdg="0"/></objects>'
PLAN = (
    geometry(0, 0, 0, 0, 30)
    + geometry(30, 30, 0, 0, 30, '<spiral curvStart="0" curvEnd="0.02"/>')
    + geometry(
        60,
        59,
        3,
        0.3,
        40,
        '<paramPoly3 pRange="normalized" aU="0" bU="40" '  # codespell:ignore bu
        'cU="0" dU="0" aV="0" bV="0" cV="1" dV="0"/>',
    )
)
SAMPLE = document(
    [
        road(
            length=100,
            plan=PLAN,
            sections=section(
                lane(0, marks='<roadMark sOffset="0" type="solid" width="0.1"/>'), lane(-1), lane(-2, 2, "sidewalk")
            ),
            elevation='<elevation s="0" a="0" b="0.01" c="0" d="0"/>',
            lateral='<superelevation s="0" a="0.01" b="0" c="0" d="0"/>',
            features=OBJECT + SIGNAL,
        )
    ],
    '<controller id="7"><control signalId="5"/></controller><junction id="9"><connection id="0" incomingRoad="1" '
    'connectingRoad="1" contactPoint="start"><laneLink from="-1" to="-1"/></connection></junction>',
)


def use(data: bytes) -> None:
    """Read and sample everything; any failure must be a FormatError."""
    road_map = parse_opendrive(data, "bad.xodr")
    road_map.strips()
    road_map.marks()
    road_map.locate([[1.0, 1.0, 0.0]])


def test_the_sample_itself_is_good():
    use(SAMPLE)


@pytest.mark.parametrize("share", np.linspace(0.0, 0.995, 200))
def test_truncation(share):
    with pytest.raises(FormatError, match="bad.xodr"):
        use(SAMPLE[: int(share * len(SAMPLE))])


def outcome(data: bytes) -> str:
    """Whether a file is read or refused; a refusal names it."""
    try:
        use(data)
    except FormatError as error:
        assert "bad.xodr" in str(error)  # noqa: PT017
        return "refused"
    return "read"


def test_overwritten_bytes_are_refused_or_read():
    seen = Counter()

    @settings(max_examples=400, deadline=None, derandomize=True)
    @given(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=1, max_size=6) | st.sampled_from([b"0", b"1", b"9"]))
    def check(place, junk):
        seen[outcome(SAMPLE[:place] + junk + SAMPLE[place + len(junk) :])] += 1

    check()
    assert seen["read"] > 10
    assert seen["refused"] > 10


NUMBERS = [m.span(1) for m in re.finditer(rb'"(-?[0-9.]+)"', SAMPLE)]


def test_absurd_numbers_are_refused_or_read():
    seen = Counter()
    absurd = ["nan", "inf", "-1e308", "1e9", "-1e9", "999999", "", "x", "1_0", "1e-300", "-7"]

    @settings(max_examples=300, deadline=None, derandomize=True)
    @given(st.sampled_from(NUMBERS), st.sampled_from(absurd))
    def check(span, value):
        seen[outcome(SAMPLE[: span[0]] + value.encode() + SAMPLE[span[1] :])] += 1

    check()
    assert seen["read"] > 10
    assert seen["refused"] > 10


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('length="100"', 'length="nan"', "road 1 road length"),
        ('length="100"', 'length="-1"', "road 1 road length"),
        ('length="100"', 'length="2000000"', "road 1 road length"),
        ('length="30"', "", "road 1 geometry length"),
        ('curvEnd="0.02"', 'curvEnd="1e5"', "road 1 spiral curvEnd"),
        ('a="3.5"', 'a="wide"', "road 1 width a"),
        ('lane id="-2"', 'lane id="-1"', "road 1 lane id"),
        ('lane id="-2"', 'lane id="-1.5"', "road 1 lane id"),
        ('lane id="-2"', 'lane id=""', "road 1 lane id"),
        ('s="9" t="-5"', 's="9"', "road 1 signal 5 signal t"),
        ('width="2"', 'width="-2"', "road 1 object 3 object width"),
        ('signalId="5"', "", "controller 7 control signalId"),
        ('from="-1"', 'from="inf"', "junction 9 laneLink from"),
        ("<line/>", "<loop/>", "road 1 geometry"),
        ("planView", "planviev", "road 1 planView"),
    ],
)
def test_the_message_names_the_field(old, new, field):
    text = SAMPLE.decode()
    assert old in text
    with pytest.raises(FormatError) as caught:
        use(text.replace(old, new).encode())
    assert caught.value.field == field
    assert "bad.xodr" in str(caught.value)


def test_entities_and_document_types_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><OpenDRIVE>&b;</OpenDRIVE>'
    with pytest.raises(FormatError, match="DOCTYPE"):
        use(bomb)
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        with pytest.raises(FormatError):
            use(bomb.decode().encode(encoding))
    with pytest.raises(FormatError, match="encoding"):
        use(b'<?xml version="1.0" encoding="cp037"?>' + bomb[21:].decode().encode("cp037"))


def test_utf_16_with_a_byte_order_mark_is_read():
    use(SAMPLE.decode().encode("utf-16"))
    with pytest.raises(FormatError, match="UTF-16"):
        use(SAMPLE.decode().encode("utf-16")[:-1])


def test_a_default_namespace_is_read():
    use(
        SAMPLE.replace(b"<OpenDRIVE>", b'<OpenDRIVE xmlns="http://code.asam.net/simulation/standard/opendrive_schema">')
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not well-formed"),
        (b"\x00\x01\x02", "NUL"),
        (b"<kml/>", "<kml>"),
        (b"<OpenDRIVE/>", "no road"),
        (b"<OpenDRIVE>" + b"<road>" * 100_000, "not well-formed"),
    ],
)
def test_other_files(data, message):
    with pytest.raises(FormatError, match=message):
        use(data)


def test_two_roads_of_one_id():
    with pytest.raises(FormatError, match="twice"):
        use(document([road(), road()]))


def test_a_road_coiled_too_tightly_is_refused_before_it_is_sampled():
    coil = road(length=1e5, plan=geometry(0, 0, 0, 0, 1e5, '<arc curvature="900"/>'))
    with pytest.raises(FormatError, match="bends too tightly"):
        use(document([coil]))


def test_lanes_wider_than_any_road():
    with pytest.raises(FormatError, match="1000 m"):
        use(document([road(sections=section(lane(0), lane(-1, 1e5)))]))


def test_a_map_of_too_many_points(monkeypatch):
    monkeypatch.setattr("roadmark.maps.road_map.MAX_LANE_POINTS", 10)
    with pytest.raises(FormatError, match="more than 10"):
        town(road()).strips()


def test_files_over_the_limit(monkeypatch, tmp_path):
    from roadmark.maps import load_opendrive

    monkeypatch.setattr("roadmark.maps.xml_fields.MAX_BYTES", 100)
    with pytest.raises(FormatError, match="at most 100"):
        use(SAMPLE)
    monkeypatch.setattr("roadmark.maps.opendrive.MAX_BYTES", 100)
    (tmp_path / "big.xodr").write_bytes(SAMPLE)
    with pytest.raises(FormatError, match="larger than 100"):
        load_opendrive(tmp_path / "big.xodr")


@pytest.mark.parametrize("unit", ["knots", "c"])
def test_unknown_speed_unit(unit):
    with pytest.raises(FormatError, match="m/s, km/h, mph"):
        use(document([road(head=f'<type s="0" type="town"><speed max="30" unit="{unit}"/></type>')]))


def test_a_signal_on_an_unknown_road():
    inner = '<positionRoad roadId="404" s="5" t="1" zOffset="0.5" hOffset="0"/>'
    text = f'<signals><signal id="5" s="9" t="-5" type="1">{inner}</signal></signals>'
    with pytest.raises(FormatError, match="no road of this map"):
        use(document([road(features=text)]))
