"""What a clip shows, read from labels, map and events: actors over time, the camera's view, the place, happenings."""

from roadmark.scene.courses import STANDING, Course, read_courses
from roadmark.scene.happening import Happening
from roadmark.scene.movement import Ground, Picture, direction, is_ridden, motion, salience, well_seen
from roadmark.scene.place import DRIVING, Crossing, Focus, Place, Places
from roadmark.scene.render_record import camera_carrier, labelled_within
from roadmark.scene.view import View, read_view
from roadmark.scene.words import (
    Names,
    body_kind,
    color_families,
    is_painted,
    listed,
    noun,
    number,
    plain_words,
    plural,
    sentence,
    sure_color,
    with_article,
)

__all__ = [
    "DRIVING",
    "STANDING",
    "Course",
    "Crossing",
    "Focus",
    "Ground",
    "Happening",
    "Names",
    "Picture",
    "Place",
    "Places",
    "View",
    "body_kind",
    "camera_carrier",
    "color_families",
    "direction",
    "is_painted",
    "is_ridden",
    "labelled_within",
    "listed",
    "motion",
    "noun",
    "number",
    "plain_words",
    "plural",
    "read_courses",
    "read_view",
    "salience",
    "sentence",
    "sure_color",
    "well_seen",
    "with_article",
]
