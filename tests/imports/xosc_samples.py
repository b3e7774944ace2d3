"""A straight road and OpenSCENARIO documents on it.

The road runs east for 800 m: lanes -1 and -2 (3.5 m, towards east, middles at y = -1.75 and -5.25), lane 1 (towards
west, y = 1.75), sidewalk -3 (2 m, y = -8).
"""

LANE = '<lane id="{id}" type="{type}" level="false"><width sOffset="0" a="{width}" b="0" c="0" d="0"/></lane>'
ROAD = f"""<?xml version="1.0"?>
<OpenDRIVE><header revMajor="1" revMinor="4"/>
<road name="" length="800" id="1" junction="-1"><link/>
<planView><geometry s="0" x="0" y="0" hdg="0" length="800"><line/></geometry></planView>
<elevationProfile><elevation s="0" a="0" b="0.02" c="0" d="0"/></elevationProfile>
<lanes><laneSection s="0">
<left>{LANE.format(id=1, type="driving", width=3.5)}</left>
<center><lane id="0" type="none" level="false"/></center>
<right>{LANE.format(id=-1, type="driving", width=3.5)}{LANE.format(id=-2, type="driving", width=3.5)}
{LANE.format(id=-3, type="sidewalk", width=2)}</right>
</laneSection></lanes></road></OpenDRIVE>"""

CAR = """<ScenarioObject name="{name}"><Vehicle name="{model}" vehicleCategory="car">
<BoundingBox><Center x="1.4" y="0" z="0.75"/><Dimensions width="1.9" length="4.6" height="1.5"/></BoundingBox>
<Performance maxSpeed="60" maxAcceleration="5" maxDeceleration="9"/>
<Axles><FrontAxle maxSteering="0.5" wheelDiameter="0.6" trackWidth="1.7" positionX="2.8" positionZ="0.3"/>
<RearAxle maxSteering="0" wheelDiameter="0.6" trackWidth="1.7" positionX="0" positionZ="0.3"/></Axles>
<Properties/></Vehicle></ScenarioObject>"""

PERSON = """<ScenarioObject name="{name}"><Pedestrian name="ann" model="ann" mass="70" pedestrianCategory="pedestrian">
<BoundingBox><Center x="0" y="0" z="0.9"/><Dimensions width="0.5" length="0.5" height="1.8"/></BoundingBox><Properties/>
</Pedestrian></ScenarioObject>"""


def car(name="ego", model="a car"):
    return CAR.format(name=name, model=model)


def person(name="ann"):
    return PERSON.format(name=name)


def lane(s, lane_id=-1, offset=0.0, inner=""):
    place = f'roadId="1" laneId="{lane_id}" s="{s}" offset="{offset}"'
    return f"<Position><LanePosition {place}>{inner}</LanePosition></Position>"


def world(x, y, h=None):
    heading = "" if h is None else f' h="{h}"'
    return f'<Position><WorldPosition x="{x}" y="{y}"{heading}/></Position>'


def at(name, position, speed=None):
    """An entity's first place and speed."""
    more = "" if speed is None else f"<PrivateAction>{to_speed(speed, 'step', 'time', 0)}</PrivateAction>"
    teleport = f"<PrivateAction><TeleportAction>{position}</TeleportAction></PrivateAction>"
    return f'<Private entityRef="{name}">{teleport}{more}</Private>'


def does(name, action):
    """Something that an entity does at the start."""
    return f'<Private entityRef="{name}"><PrivateAction>{action}</PrivateAction></Private>'


def to_speed(value, shape="linear", dimension="rate", amount=2.0, target=None):
    goal = target or f'<AbsoluteTargetSpeed value="{value}"/>'
    return (
        f'<LongitudinalAction><SpeedAction><SpeedActionDynamics dynamicsShape="{shape}" value="{amount}" '
        f'dynamicsDimension="{dimension}"/><SpeedActionTarget>{goal}</SpeedActionTarget></SpeedAction></LongitudinalAction>'
    )


def to_lane(target, shape="sinusoidal", dimension="time", amount=4.0, offset=""):
    return (
        f'<LateralAction><LaneChangeAction {offset}><LaneChangeActionDynamics dynamicsShape="{shape}" value="{amount}" '
        f'dynamicsDimension="{dimension}"/><LaneChangeTarget>{target}</LaneChangeTarget></LaneChangeAction></LateralAction>'
    )


def time(value, rule="greaterThan", edge="rising", delay=0):
    return (
        f'<Condition name="t" delay="{delay}" conditionEdge="{edge}"><ByValueCondition>'
        f'<SimulationTimeCondition value="{value}" rule="{rule}"/></ByValueCondition></Condition>'
    )


def of(name, condition, edge="rising", delay=0):
    return (
        f'<Condition name="e" delay="{delay}" conditionEdge="{edge}"><ByEntityCondition>'
        f'<TriggeringEntities triggeringEntitiesRule="any"><EntityRef entityRef="{name}"/></TriggeringEntities>'
        f"<EntityCondition>{condition}</EntityCondition></ByEntityCondition></Condition>"
    )


def state(name, what="completeState", kind="event"):
    return (
        '<Condition name="s" delay="0" conditionEdge="rising"><ByValueCondition><StoryboardElementStateCondition '
        f'storyboardElementType="{kind}" storyboardElementRef="{name}" state="{what}"/></ByValueCondition></Condition>'
    )


def event(name, condition, *actions, priority="overwrite", count=1):
    inside = "".join(
        f'<Action name="{name}{k}"><PrivateAction>{action}</PrivateAction></Action>' for k, action in enumerate(actions)
    )
    return (
        f'<Event name="{name}" priority="{priority}" maximumExecutionCount="{count}">{inside}'
        f"<StartTrigger><ConditionGroup>{condition}</ConditionGroup></StartTrigger></Event>"
    )


def story(*events, actor="ego", stop=""):
    return (
        '<Story name="story"><Act name="act"><ManeuverGroup maximumExecutionCount="1" name="group">'
        f'<Actors selectTriggeringEntities="false"><EntityRef entityRef="{actor}"/></Actors>'
        f'<Maneuver name="maneuver">{"".join(events)}</Maneuver></ManeuverGroup>'
        f"<StartTrigger><ConditionGroup>{time(0, 'greaterOrEqual')}</ConditionGroup></StartTrigger>{stop}</Act></Story>"
    )


def document(entities, first, stories="", end=5.0, version="1.1", parameters="", network=""):
    minor = version.partition(".")[2]
    stop = f"<StopTrigger><ConditionGroup>{time(end, 'greaterOrEqual')}</ConditionGroup></StopTrigger>" if end else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSCENARIO><FileHeader revMajor="1" revMinor="{minor}" date="2024-01-01T00:00:00" description="" author=""/>
<ParameterDeclarations>{parameters}</ParameterDeclarations><CatalogLocations/>
<RoadNetwork><LogicFile filepath="straight.xodr"/>{network}</RoadNetwork>
<Entities>{entities}</Entities>
<Storyboard><Init><Actions>{first}</Actions></Init>
{stories}
{stop}</Storyboard></OpenSCENARIO>
"""
