"""OpenSCENARIO files that are wrong, hostile or beyond what is supported: named by line and element, never skipped."""

import re

import pytest
import xosc_samples as x

from roadmark.errors import FormatError, InputError
from roadmark.imports import OpenScenarioOptions, import_openscenario, logic_file
from roadmark.maps import parse_opendrive
from roadmark.traffic import build_network


@pytest.fixture(scope="module")
def network():
    return build_network(parse_opendrive(x.ROAD.encode(), "straight"))


EGO = x.at("ego", x.lane(20), 10)
GOOD = x.document(x.car(), EGO, x.story(x.event("e", x.time(1), x.to_speed(5))))


def routing(inner):
    return f"<RoutingAction>{inner}</RoutingAction>"


def follow(shape, timing="<None/>", attributes="", mode="position"):
    return routing(
        f"<FollowTrajectoryAction {attributes}><TrajectoryRef><Trajectory name='t' closed='false'>"
        f"<Shape>{shape}</Shape></Trajectory></TrajectoryRef><TimeReference>{timing}</TimeReference>"
        f"<TrajectoryFollowingMode followingMode='{mode}'/></FollowTrajectoryAction>"
    )


def vertex(time, position):
    return f'<Vertex time="{time}">{position}</Vertex>'


RELATIVE = "<RelativeTargetSpeed entityRef='{}' value='1' speedTargetValueType='delta' continuous='{}'/>"
LINE = f"<Polyline>{vertex(0, x.lane(1))}{vertex(1, x.lane(9))}</Polyline>"
ACTIONS = {
    "<VisibilityAction graphics='true'/>": "<VisibilityAction>: is not supported; of actions, TeleportAction, Long",
    "<SynchronizeAction/>": "<SynchronizeAction>: is not supported",
    "<LongitudinalAction><LongitudinalDistanceAction/></LongitudinalAction>":
        "<LongitudinalDistanceAction>: is not supported; only SpeedAction is; keep a distance with",
    "<LongitudinalAction><SpeedProfileAction/></LongitudinalAction>": "<SpeedProfileAction>: is not supported",
    "<LateralAction><LateralDistanceAction/></LateralAction>": "<LateralDistanceAction>: is not supported",
    x.to_speed(5, "wobbly"): "<SpeedActionDynamics>: dynamicsShape='wobbly' is not supported; known are linear",
    x.to_speed("fast"): "<AbsoluteTargetSpeed>: value='fast' is not a finite number",
    x.to_speed("nan"): "<AbsoluteTargetSpeed>: value='nan' is not a finite number",
    x.to_speed(5, amount=-1): "<SpeedActionDynamics>: value=-1 must be greater than 0",
    x.to_speed("$x"): "<AbsoluteTargetSpeed>: value='\\$x': no such parameter is declared",
    x.to_speed("${2*3}"): "<AbsoluteTargetSpeed>: value='\\$\\{2\\*3\\}': expressions are not supported",
    x.to_speed(0, target=RELATIVE.format("ego", "true")):
        "<RelativeTargetSpeed>: continuous=true is not supported",
    x.to_speed(0, target=RELATIVE.format("he", "false")):
        "<RelativeTargetSpeed>: entityRef='he': there is no such entity; there are ego",
    x.to_lane("<AbsoluteTargetLane value='-7'/>"): "<LaneChangeAction>: ego at 1.0\\d s: road 1 has no lane -7 there",
    x.to_lane("<AbsoluteTargetLane value='one'/>"): "<AbsoluteTargetLane>: value='one' is not a finite number",
    routing("<RandomRouteAction/>"): "<RandomRouteAction>: is not supported; use AssignRouteAction",
    routing(f"<AcquirePositionAction>{x.world(0, 500)}</AcquirePositionAction>"):
        "<AcquirePositionAction>: ego at 1.0\\d s: a place of the route is on no lane",
    routing(f"<AcquirePositionAction>{x.lane(300, 1)}</AcquirePositionAction>"):
        "<AcquirePositionAction>: ego at 1.0\\d s: no way leads from lane 1_0_-1 to road 1 without",
    follow("<Nurbs/>"): "<Nurbs>: is not supported; use a Polyline or a Clothoid",
    follow(f"<Polyline>{vertex(0, x.lane(1))}</Polyline>"): "<Polyline>: needs at least two vertices",
    follow(f"<Polyline>{vertex(1, x.lane(1))}{vertex(1, x.lane(9))}</Polyline>",
           "<Timing domainAbsoluteRelative='relative' scale='1' offset='0'/>"):
        "<Vertex>: time=1 must be greater than the 1 before it",
    follow(LINE, attributes="initialDistanceOffset='3'"):
        "initialDistanceOffset is not supported",
    f"<TeleportAction>{x.lane(1)}</TeleportAction>": "<TeleportAction>: is not supported; after the start nobody",
}  # fmt: skip


def refused(network, tmp_path, text, message):
    path = tmp_path / "a.xosc"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        import_openscenario(path, network)
    assert str(caught.value).startswith(str(path))
    assert re.search(r"line \d+, <\w+>", str(caught.value)), str(caught.value)


@pytest.mark.parametrize("action", ACTIONS)
def test_actions(network, tmp_path, action):
    text = x.document(x.car(), EGO, x.story(x.event("e", x.time(1), action)))
    refused(network, tmp_path, text, ACTIONS[action])


CONDITIONS = {
    x.of("ego", "<EndOfRoadCondition duration='1'/>"): "<EndOfRoadCondition>: is not supported; of conditions, Trav",
    x.of("ego", "<CollisionCondition><EntityRef entityRef='ego'/></CollisionCondition>"): "<CollisionCondition>: is",
    x.of("ego", "<SpeedCondition value='5' rule='about'/>"): "<SpeedCondition>: rule='about' is not supported",
    x.of("he", "<SpeedCondition value='5' rule='lessThan'/>"): "<EntityRef>: entityRef='he': there is no such entity",
    x.of("ego", "<RelativeDistanceCondition entityRef='ego' value='5' rule='lessThan' freespace='false'"
                " relativeDistanceType='longitudinal' coordinateSystem='lane'/>"): "coordinateSystem='lane' is not",
    x.state("nothing"): "storyboardElementRef='nothing': there is no event of this name",
    "<Condition name='v' delay='0' conditionEdge='none'><ByValueCondition><TrafficSignalCondition name='a' state='b'/>"
    "</ByValueCondition></Condition>": "<TrafficSignalCondition>: is not supported; use SimulationTimeCondition",
    "<Condition name='v' delay='-1' conditionEdge='none'/>": "<Condition>: delay=-1 is negative",
}  # fmt: skip


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions(network, tmp_path, condition):
    text = x.document(x.car(), EGO, x.story(x.event("e", condition, x.to_speed(5))))
    refused(network, tmp_path, text, CONDITIONS[condition])


def replaced(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


DOCUMENTS = {
    replaced('revMinor="1"', 'revMinor="9"'): "line 2, <FileHeader>: OpenSCENARIO 1.9 is not supported; use one of 1.0",
    replaced("</Entities>", x.car() + "</Entities>"): "<ScenarioObject>: there are two entities called 'ego'",
    replaced("</Entities>", x.car("b") + "</Entities>"): "<ScenarioObject>: b has no place at the start",
    replaced("</Entities>", "<EntitySelection name='s'/></Entities>"): "<EntitySelection>: is not supported; in",
    replaced('vehicleCategory="car"', 'vehicleCategory="tram"'): "<Vehicle>: vehicleCategory='tram' is not",
    replaced('length="4.6"', 'length="0"'): "<Dimensions>: length, width and height must be greater than 0",
    replaced('length="4.6"', 'length="99"'): "<Vehicle>: length 99 m is not between",
    replaced('roadId="1"', 'roadId="7"'): "<LanePosition>: the map has no road '7'",
    replaced('laneId="-1"', 'laneId="-9"'): "<LanePosition>: road 1 has no lane -9 at s=20; it has -3, -2, -1, 1",
    replaced(' s="20"', ' s="2000"'): "<LanePosition>: s=2000 is not within the 800.00 m of road 1",
    replaced("<LanePosition", "<GeoPosition/><LanePosition"): "<Position>: needs exactly one child, not 2",
    replaced("</RoadNetwork>", "<TrafficSignals><A/></TrafficSignals></RoadNetwork>"): "<TrafficSignals>: is not supp",
    replaced("<Actions>", "<Actions><GlobalAction><ParameterAction/></GlobalAction>"): "<ParameterAction>: is not",
    replaced('maximumExecutionCount="1" name="group"', 'maximumExecutionCount="3" name="group"'): "<Maneuv",
    replaced("<Story ", "<Other/><Story "): "<Other>: is not supported; in <Storyboard>, Init and Story and Stop",
    replaced("<ParameterDeclarations>", "<ParameterDeclarations><Thing/>"): "<Thing>: is not supported here",
}  # fmt: skip


@pytest.mark.parametrize("text", DOCUMENTS, ids=lambda text: DOCUMENTS[text][:40])
def test_documents(network, tmp_path, text):
    refused(network, tmp_path, text, DOCUMENTS[text])


def test_places_that_wait_for_each_other(network, tmp_path):
    one, other = (
        f'<Position><RelativeWorldPosition entityRef="{name}" dx="1" dy="0"/></Position>' for name in ("b", "ego")
    )
    text = x.document(x.car() + x.car("b"), x.at("ego", one) + x.at("b", other))
    refused(network, tmp_path, text, "is nowhere at that time")


def test_lines_are_those_of_the_file(network, tmp_path):
    text = GOOD.replace("<Story ", "\n\n\n<!-- a comment\nof two lines -->\n<Story ")
    number = text[: text.index("<AbsoluteTargetSpeed")].count("\n") + 1
    first = text.index('<AbsoluteTargetSpeed value="5"')
    number = text[:first].count("\n") + 1
    text = text.replace('<AbsoluteTargetSpeed value="5"', '<AbsoluteTargetSpeed value="x"')
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.replace("UTF-8", "UTF-16").encode("utf-16")):
        path = tmp_path / "a.xosc"
        path.write_bytes(data)
        with pytest.raises(FormatError, match=f"line {number}, <AbsoluteTargetSpeed>"):
            import_openscenario(path, network)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<OpenDRIVE/>", "the root element is <OpenDRIVE>, expected <OpenSCENARIO>"),
        (b"<OpenSCENARIO>", "not well-formed"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><OpenSCENARIO>&b;</OpenSCENARIO>', "<!DOCTYPE is refused"),
        (b"<OpenSCENARIO/>", "needs one <FileHeader>, not 0"),
        (b"\0", "NUL"),
        (b"", "not well-formed"),
    ],
)
def test_hostile_documents(network, tmp_path, data, message):
    path = tmp_path / "a.xosc"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=message):
        import_openscenario(path, network)


def test_the_map_is_looked_for_beside_the_file_only(tmp_path):
    path = tmp_path / "in" / "a.xosc"
    path.parent.mkdir()
    (tmp_path / "straight.xodr").write_text(x.ROAD)
    path.write_text(GOOD.replace('"straight.xodr"', '"../straight.xodr"'))
    with pytest.raises(InputError, match=r"<LogicFile>: the map '../straight.xodr' is not beside the file; give"):
        logic_file(path)
    (path.parent / "straight.xodr").write_text(x.ROAD)
    assert logic_file(path) == path.parent / "straight.xodr"
    path.write_text(GOOD.replace('"straight.xodr"', '"Straight"'))
    assert logic_file(path) == path.parent / "straight.xodr"
    path.write_text(GOOD.replace('<LogicFile filepath="straight.xodr"/>', ""))
    with pytest.raises(InputError, match="names no map; give it with --xodr-path"):
        logic_file(path)


@pytest.mark.parametrize("duration", [0.0, -1.0, 7200.1, float("inf"), float("nan")])
def test_durations_that_nobody_wants(network, tmp_path, duration):
    (tmp_path / "good.xosc").write_text(GOOD)
    with pytest.raises(InputError, match=f"--duration {duration:g}: must be above 0 and at most 7200 s"):
        import_openscenario(tmp_path / "good.xosc", network, OpenScenarioOptions(duration=duration))


def test_a_place_is_named_once(network, tmp_path):
    (tmp_path / "a.xosc").write_text(GOOD.replace('vehicleCategory="car"', 'vehicleCategory="dragon"'))
    with pytest.raises(FormatError, match="<Vehicle>: vehicleCategory='dragon' is not supported") as said:
        import_openscenario(tmp_path / "a.xosc", network)
    assert str(said.value).count("a.xosc") == 1
