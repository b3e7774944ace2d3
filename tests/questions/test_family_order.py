"""Order: JSON lists of marks."""

import json
import re

from scene_samples import asked, course, scene

from roadmark.questions.families.order import OrderFamily

FAMILY = OrderFamily()


def row(**fields):
    """Three in a row: from left to right, from near to far, along one lane."""
    return scene(
        *(
            course(k, left=(300 * k, 300 * k), distances=(15.0 * k, 15.0 * k), way=((0.0, 15.0 * k, 0.0),), **fields)
            for k in (1, 2, 3)
        )
    )


def orders(shown, template):
    return {(one.asked, tuple(json.loads(one.answer))) for one in asked(FAMILY, shown, template)}


def test_by_distance():
    assert orders(row(), "distance") <= {("from near to far", (1, 2, 3)), ("from far to near", (3, 2, 1))}
    assert orders(row(), "distance")


def test_across_the_picture():
    assert orders(row(), "across") <= {("from left to right", (1, 2, 3)), ("from right to left", (3, 2, 1))}
    assert orders(row(), "across")


def test_along_a_lane_by_the_way_they_face():
    ahead = orders(row(lane="1_0_-1"), "lane")  # they face +x
    assert ahead <= {("from the last to the foremost", (1, 2, 3)), ("from the foremost to the last", (3, 2, 1))}
    back = orders(row(lane="1_0_-1", heading=3.14159), "lane")
    assert back <= {("from the last to the foremost", (3, 2, 1)), ("from the foremost to the last", (1, 2, 3))}
    assert ahead
    assert back


def test_no_order_of_what_is_side_by_side_or_of_two():
    near = (course(k, left=(300 * k, 300 * k), distances=(30.0 + k, 30.0 + k)) for k in (1, 2, 3))
    assert not asked(FAMILY, scene(*near), "distance")
    assert not asked(FAMILY, scene(course(1, left=(100, 100)), course(2, left=(900, 900))), "across")
    assert not asked(FAMILY, row(), "lane")  # on no lane


def test_the_marks_are_named_in_any_order():
    texts = [one.text for seed in range(10) for one in asked(FAMILY, row(), "across", seed)]
    named = {re.search(r"([123]), ([123]) and ([123])", text).groups() for text in texts}
    assert len(named) > 3  # of six
