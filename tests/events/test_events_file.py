"""The file of events: the same events give the same bytes and come back; what is hostile is refused with its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.errors import FormatError, InputError, OutputError
from roadmark.events import (
    COLLISIONS,
    NON_COLLISIONS,
    Event,
    Participant,
    Place,
    events_json,
    read_events,
    write_events,
)

EVENTS = [
    Event("speeding", 1.0, 2.5, (Participant(7, "violator"),), Place((1.0, 2.0, 3.0), "1", "1_0_-1", None)),
    Event(
        "collision",
        0.5,
        3.0,
        (Participant(5, "striking"), Participant(7, "struck")),
        Place((0.1, -0.2, 0.0), "4", "4_0_-1", "100"),
        sub_category="side_collision",
        contact=0.5123,
        cause="ran a red light",
        caption="Vehicle 5 hits the left side of vehicle 7.",
        measures={"relative_speed": 11.5, "faces": ["front", "left"], "recorded": True},
    ),
]


def test_events_come_back_by_start(tmp_path):
    path = tmp_path / "a.events.json"
    write_events(path, EVENTS, "Town01")
    held = read_events(path)
    assert held.map_name == "Town01"
    assert list(held.events) == [EVENTS[1], EVENTS[0]]
    before = path.read_bytes()
    write_events(path, held.events, held.map_name)
    assert path.read_bytes() == before


def test_the_order_in_which_events_are_given_does_not_change_the_bytes():
    assert events_json(EVENTS) == events_json(EVENTS[::-1])


@given(
    start=st.floats(0.0, 1e4),
    length=st.floats(0.0, 100.0),
    place=st.tuples(*[st.floats(-1e4, 1e4)] * 3),
    actors=st.lists(st.integers(0, 65535), min_size=1, max_size=4),
    kind=st.sampled_from([*COLLISIONS, *NON_COLLISIONS]),
    text=st.text(max_size=30),
)
def test_any_event_comes_back(tmp_path_factory, start, length, place, actors, kind, text):
    crash = kind in COLLISIONS
    event = Event(
        "collision" if crash else kind,
        start,
        start + length,
        tuple(Participant(actor, "violator") for actor in actors),
        Place(place),
        sub_category=kind if crash else "",
        caption=text.encode("utf-8", "ignore").decode(),
    )
    path = tmp_path_factory.mktemp("events") / "a.events.json"
    write_events(path, [event])
    (back,) = read_events(path).events
    assert (back.category, back.sub_category, back.actor_ids, back.caption) == (
        event.category, event.sub_category, event.actor_ids, event.caption,
    )  # fmt: skip
    assert back.start == pytest.approx(start, abs=1e-9)
    assert back.place.position == pytest.approx(place, abs=1e-9)


def broken(change):
    document = json.loads(events_json(EVENTS, "Town01"))
    change(document, document["events"][0])
    return json.dumps(document)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d, e: d.update(schema="other"), "schema: must be 'roadmark.events', not 'other'"),
        (lambda d, e: d.update(version=2), "version: 2 is not known; this Roadmark reads 1"),
        (lambda d, e: d.update(version=True), "version: True is not known"),
        (lambda d, e: d.update(more=1), "'more' is not known; use events, map, schema, version"),
        (lambda d, e: d.update(events={}), "events: must be a list, not {}"),
        (lambda d, e: d.update(map=3), "map: must be text, not 3"),
        (lambda d, e: e.update(category="flood"), "events[0]: event category 'flood' is not known"),
        (lambda d, e: e.update(sub_category="bump"), "events[0]: collision kind 'bump' is not known"),
        (lambda d, e: e.update(start="now"), "events[0].start: must be a number, not 'now'"),
        (lambda d, e: e.update(start=True), "events[0].start: must be a number, not True"),
        (lambda d, e: e.update(start=10**400), "events[0].start: must be finite"),
        (lambda d, e: e.update(start=9.0), "events[0]: collision: times must be finite and in order: 9.0, 3.0"),
        (lambda d, e: e.update(contact=[]), "events[0].contact: must be a number, not []"),
        (lambda d, e: e.pop("place"), "events[0]: place is missing"),
        (lambda d, e: e.update(extra=1), "events[0]: 'extra' is not known"),
        (lambda d, e: e.update(measures=[]), "events[0].measures: must be an object, not []"),
        (lambda d, e: e.update(caption="x" * 3000), "events[0].caption: is longer than 2000 characters"),
        (lambda d, e: e["place"].update(position=[1, 2]), "events[0].place.position: must be x, y, z, not [1, 2]"),
        (lambda d, e: e["place"].update(position=[0, -1e300, 0]), "events[0].place.position: -1e+300 m is farther"),
        (lambda d, e: e["place"].update(lane=5), "events[0].place.lane: must be text, not 5"),
        (lambda d, e: e["participants"][1].update(actor_id=-1), "participants[1].actor_id: must be an actor's id"),
        (lambda d, e: e["participants"][1].update(actor_id=1.5), "actor_id: must be an actor's id, not 1.5"),
        (lambda d, e: e.update(participants=["a"]), "events[0].participants[0]: must be an object, not 'a'"),
        (lambda d, e: e.update(participants=[{}] * 1001), "events[0].participants: has 1001 entries, more than 1000"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, change, words):
    path = tmp_path / "a.events.json"
    path.write_text(broken(change), encoding="utf-8")
    with pytest.raises(FormatError) as raised:
        read_events(path)
    assert words in str(raised.value)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff\xfe", b'{"schema": NaN}', b"[" * 100_000, b'{"a": 1, "a": 2}']
)
def test_what_is_no_such_file_is_refused(tmp_path, content):
    path = tmp_path / "a.events.json"
    path.write_bytes(content)
    with pytest.raises(FormatError):
        read_events(path)
    with pytest.raises(InputError):
        read_events(tmp_path / "none.json")


def test_nothing_half_written_is_left(tmp_path):
    bad = Event("speeding", 0.0, 1.0, (Participant(1, "violator"),), Place((0, 0, 0)), measures={"a": object()})
    with pytest.raises(InputError, match="no JSON value"):
        write_events(tmp_path / "a.events.json", [bad])
    nan = Event("speeding", 0.0, 1.0, (Participant(1, "violator"),), Place((0, 0, 0)), measures={"a": float("nan")})
    with pytest.raises(InputError, match="no JSON value"):
        write_events(tmp_path / "a.events.json", [nan])
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write_events(tmp_path / "file" / "a.events.json", EVENTS)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
