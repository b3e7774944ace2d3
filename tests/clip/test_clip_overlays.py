import numpy as np
from clip_samples import CAMERA, CAR, POSE, images, labels

from roadmark.clip import IdMap, instance_color
from roadmark.clip.labels import ObjectLabel
from roadmark.clip.overlays import COLLISION_COLOR, draw_boxes, draw_boxes_3d, draw_collisions, draw_masks
from roadmark.geometry import Box3D, PinholeCamera, Pose, camera_pose_from_body

BLACK = np.zeros((200, 320, 3), np.uint8)
FORWARD = camera_pose_from_body(Pose.identity(parent="world", child="body"))
WIDE = PinholeCamera.from_fov(320, 200, np.pi / 2)


def boxed(actor_id, box):
    return ObjectLabel(actor_id, "car", "vehicle.audi.tt", (100, 80, 180, 120), [], {}, 1, box)


def test_boxes_are_drawn_on_the_mask_s_border_pixels():
    picture = draw_boxes(BLACK, [boxed(CAR, Box3D(np.zeros(3), np.ones(3), np.eye(3)))], IdMap())
    color = instance_color(CAR)
    for x, y in ((100, 100), (180, 100), (140, 120)):
        assert tuple(picture[y, x]) == color
    assert not picture[100, 105:175].any()
    assert not BLACK.any()


def test_tags_of_neighbours_do_not_cover_each_other():
    """Ten boxes at one place: every tag's strip keeps its own rows."""
    box = Box3D(np.zeros(3), np.ones(3), np.eye(3))
    many = [boxed(number, box) for number in range(1, 11)]
    picture = draw_boxes(np.zeros((540, 960, 3), np.uint8), many, IdMap())
    for number in range(1, 11):
        assert ((picture == instance_color(number)).all(axis=-1)).sum() > 150, number


def test_masks_tint_only_the_object_and_leave_its_holes():
    given = images(0)
    picture = draw_masks(given.rgb, given.instance, labels(0, given).objects, IdMap())
    changed = (picture != given.rgb).any(axis=-1)
    # Holes' outlines lie on the object's own pixels or one inside the hole.
    assert not changed[given.instance == 0][given.depth[given.instance == 0] > 100].any()
    inner = (slice(27, 31), slice(12, 28))
    expected = (given.rgb[inner].astype(int) + np.array(instance_color(CAR))) // 2
    assert (picture[inner] == expected).all()


def test_a_box_ahead_is_drawn_where_it_projects():
    box = Box3D(np.array([10.0, 0.0, 0.0]), np.array([2.0, 2.0, 2.0]), np.eye(3))
    picture = draw_boxes_3d(BLACK, [boxed(CAR, box)], WIDE, FORWARD, IdMap())
    # Its near face is 9 m away: corners 160 / 9 = 17.8 pixels off the middle.
    drawn = np.argwhere(picture.any(axis=-1))
    assert np.abs(drawn.min(axis=0) - [100 - 17.8, 160 - 17.8]).max() < 2.5
    assert np.abs(drawn.max(axis=0) - [100 + 17.8, 160 + 17.8]).max() < 2.5


def test_a_box_that_surrounds_the_camera_keeps_the_edges_ahead():
    """The published tool drops edges with both ends off-screen and confuses those behind the camera."""
    tunnel = Box3D(np.array([10.0, 0.0, 0.0]), np.array([40.0, 3.0, 2.0]), np.eye(3))
    picture = draw_boxes_3d(BLACK, [boxed(CAR, tunnel)], WIDE, FORWARD, IdMap())
    colored = picture.any(axis=-1)
    for corner in (np.s_[:40, :60], np.s_[:40, -60:], np.s_[-40:, :60], np.s_[-40:, -60:]):
        assert colored[corner].any()  # the four long edges run out through the image's corners
    behind = Box3D(np.array([-10.0, 0.0, 0.0]), np.array([2.0, 2.0, 2.0]), np.eye(3))
    assert not draw_boxes_3d(BLACK, [boxed(CAR, behind)], WIDE, FORWARD, IdMap()).any()


def test_far_off_screen_coordinates_do_not_wrap_around():
    near = Box3D(np.array([0.6, 0.0, 0.0]), np.array([1.0, 5000.0, 0.1]), np.eye(3))
    picture = draw_boxes_3d(BLACK, [boxed(CAR, near)], WIDE, FORWARD, IdMap())
    rows = np.flatnonzero(picture.any(axis=-1).sum(axis=1) > 300)
    assert rows.size  # the wide edges cross the whole image as horizontal lines


def test_only_colliding_objects_are_marked():
    given = images(0)
    frame = labels(0, given)
    marked = draw_collisions(given.rgb, frame.objects, frozenset({CAR}))
    xmin, ymin, _, ymax = frame.objects[0].bbox_2d
    assert tuple(marked[(ymin + ymax) // 2, xmin]) == COLLISION_COLOR
    assert np.array_equal(draw_collisions(given.rgb, frame.objects, frozenset()), given.rgb)


def test_labels_of_the_recording_draw_without_leaving_the_image():
    given = images(0)
    frame = labels(0, given)
    assert draw_boxes_3d(given.rgb, frame.objects, CAMERA, POSE, IdMap()).shape == given.rgb.shape
    assert draw_boxes(given.rgb, frame.objects, IdMap({CAR: 3})).shape == given.rgb.shape
