"""How bodies move: rails, timetables, contacts, crashes and falls."""

from roadmark.incidents.physics.bodies import box_centers, front_end, half_plan, mass_of, rear_end
from roadmark.incidents.physics.boxes import boxes_overlap
from roadmark.incidents.physics.courses import (
    Course,
    Drive,
    Frames,
    first_contact,
    gaps,
    plan_boxes,
    rates,
    sampled,
    touching,
)
from roadmark.incidents.physics.crashes import Outcome, Pedals, collide
from roadmark.incidents.physics.falls import thrown, toppled
from roadmark.incidents.physics.profiles import GRID, RATE, Profile, Timetable, reachable
from roadmark.incidents.physics.rails import Rail, eased, shifted

__all__ = [
    "GRID",
    "RATE",
    "Course",
    "Drive",
    "Frames",
    "Outcome",
    "Pedals",
    "Profile",
    "Rail",
    "Timetable",
    "box_centers",
    "boxes_overlap",
    "collide",
    "eased",
    "first_contact",
    "front_end",
    "gaps",
    "half_plan",
    "mass_of",
    "plan_boxes",
    "rates",
    "reachable",
    "rear_end",
    "sampled",
    "shifted",
    "thrown",
    "toppled",
    "touching",
]
