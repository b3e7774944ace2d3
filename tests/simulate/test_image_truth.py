"""Every pixel of a clip says what is there: depth, normals, classes, ids, edges, masks, and their videos."""

import json

import cv2
import numpy as np
import pytest
from simulate_samples import check_depth, facets, surface_points

from roadmark.catalog import CLASS_NAMES, PALETTE, SemanticClass
from roadmark.clip import edge_image, instance_color
from roadmark.clip.frames import CANNY_THRESHOLDS
from roadmark.media import decode_depth, decode_rle, read_image, read_video, video_info


def test_depth_lies_on_the_surface_that_is_seen(scene, views):
    for _, shot in views[::3]:
        check_depth(scene.mesh, shot)


def nearest_hit(triangles, origin, direction):
    """Distance along a ray to the nearest of (N, 3, 3) triangles, in float64 (Möller and Trumbore)."""
    a, e1, e2 = triangles[:, 0], triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    p = np.cross(direction, e2)
    det = np.einsum("ij,ij->i", e1, p)
    with np.errstate(divide="ignore", invalid="ignore"):
        u = np.einsum("ij,ij->i", origin - a, p) / det
        q = np.cross(origin - a, e1)
        v = q @ direction / det
        t = np.einsum("ij,ij->i", e2, q) / det
    found = t[(det != 0) & (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)]
    return found.min() if len(found) else np.inf


@pytest.mark.parametrize("camera", ["corner", "near"])
def test_depth_is_that_of_the_nearest_triangle_of_the_whole_scene(scene, camera):
    # Every triangle of the town and its actors against single rays, without any tree. A ray through the common border
    # of two triangles may miss both by rounding and go on to what lies behind, so a few rays per thousand may differ.
    shot = scene.shots[camera][6]
    meshes = [(scene.mesh, np.eye(4)[:3]), *((i.mesh, i.transform) for i in shot.instances)]
    world = np.concatenate([m.vertices.astype(np.float64)[m.triangles] @ t[:, :3].T + t[:, 3] for m, t in meshes])
    rng = np.random.default_rng(5)
    height, width = shot.frame.depth.shape
    pixels = np.stack([rng.integers(0, width, 30), rng.integers(0, height, 30)], axis=1)
    rays = shot.camera.rays(pixels + 0.5)
    wrong = 0
    for (x, y), ray in zip(pixels.tolist(), rays, strict=True):
        expected = nearest_hit(world, shot.pose.translation, shot.pose.rotate(ray)) * ray[2]
        found = float(shot.frame.depth[y, x])
        same = found == expected if np.isinf(expected) else abs(found - expected) <= 1e-3 + 1e-4 * expected
        wrong += not same
    assert wrong <= 1


def test_normals_are_those_of_the_facets(scene, views):
    for frame, shot in views[::3]:
        corners, hit = facets(scene.mesh, shot)
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        points, _ = surface_points(shot)
        away = np.einsum("ij,ij->i", normals, points - shot.pose.translation) > 0
        normals[away] *= -1
        found = frame.normals()
        assert np.isnan(found[~hit]).all()
        # one step is 2 / 255: rounding is at most half of it, and float32 rounding may tip a value that is halfway
        difference = np.abs(found[hit] - normals)
        edge_on = np.abs(np.einsum("ij,ij->i", normals, points - shot.pose.translation)) < 1e-3
        assert (difference[~edge_on] <= 1.02 / 255).all()
        assert np.abs(np.linalg.norm(found[hit], axis=1) - 1).max() <= np.sqrt(3) / 255 + 1e-6


def test_stored_depth_is_rounded_and_saturates(views):
    # Defect: millimetres cast to 16 bits wrapped at 65.536 m.
    far = 0
    for frame, shot in views:
        stored = read_image(frame.file("depth"))
        assert stored.dtype == np.uint16
        true = shot.frame.depth.astype(np.float64)
        np.testing.assert_array_equal(stored == 0, np.isinf(true))
        within = (stored > 0) & (stored < 65535)
        assert np.abs(stored[within] / 256.0 - true[within]).max() <= 0.5 / 256 + 1e-9
        assert (true[stored == 65535] >= 65534.5 / 256).all()
        far += int((true[within] > 65.536).sum())
        order = np.argsort(true, axis=None)
        assert (np.diff(stored.reshape(-1)[order][: within.sum()].astype(int)) >= 0).all()
    assert far > 1000  # the scene reaches beyond where the defect struck


def test_the_depth_video_is_near_bright_with_one_scale(scene):
    # Defects: 8 bits of the wrapped depth, and a scale of its own in every frame.
    for clip in scene.clips.values():
        near = clip.manifest.depth.video_near
        assert 0.5 <= near <= 20.0
        frames = list(read_video(clip.video("depth")))
        assert len(frames) == len(clip)
        still = np.ones((clip.size[1], clip.size[0]), bool)
        depths = [decode_depth(read_image(frame.file("depth"))) for frame in clip]
        for depth in depths[1:]:
            still &= depth == depths[0]
        for depth, picture in zip(depths, frames, strict=True):
            gray = picture[..., 0].astype(int)
            expected = np.rint(255 * np.clip(near / depth, 0.0, 1.0))
            error = np.abs(gray - expected)
            assert error.mean() < 2.0
            assert np.percentile(error, 99) <= 20.0  # what the codec does to edges
            # monotone: the median gray of farther and farther shells falls
            shells = [gray[(depth >= low) & (depth < high)] for low, high in ((2, 8), (8, 20), (20, 40), (40, 90))]
            medians = [np.median(shell) for shell in shells if shell.size > 200]
            assert len(medians) >= 2
            assert all(left > right for left, right in zip(medians, medians[1:], strict=False))
        # no flicker: pixels whose depth never changes keep their gray but for the codec's noise
        grays = np.stack([picture[..., 0] for picture in frames]).astype(float)[:, still]
        assert still.sum() > 1000
        assert np.abs(grays.mean(axis=1) - grays.mean()).max() < 0.5


def test_instance_images_hold_actor_ids(scene, views):
    # Defect: class and low byte of the id.
    ids = {actor.id for actor in scene.plan.scenario.actors.values()}
    for frame, shot in views:
        image = frame.instance()
        assert image.dtype == np.uint16
        np.testing.assert_array_equal(image, shot.frame.instance)
        np.testing.assert_array_equal(frame.actor_ids(), image)
        present = set(np.unique(image).tolist()) - {0}
        assert present <= ids
        labelled = {label.actor_id for label in frame.labels().objects}
        assert labelled == present  # nothing is too small or far for this clip's limits
        # and each belongs to the surface that was really hit
        for index in np.unique(shot.frame.instance_index):
            expected = 0 if index < 0 else shot.instances[index].object_id
            assert (image[shot.frame.instance_index == index] == expected).all()


def test_masks_in_labels_are_those_of_the_instance_image(views):
    for frame, _ in views:
        image = frame.instance()
        for label in frame.labels().objects:
            mask = image == label.actor_id
            np.testing.assert_array_equal(decode_rle(dict(label.mask_rle)), mask)
            assert label.pixels == mask.sum()
            filled = np.zeros(mask.shape, np.uint8)
            for polygon in label.polygons:
                cv2.fillPoly(filled, [np.array(polygon, np.int32).reshape(-1, 2)], 1)
            assert not (mask & (filled == 0)).any()  # outer polygons cover every pixel of the mask
            ys, xs = np.nonzero(mask)
            ys2, xs2 = np.nonzero(filled)
            assert (xs.min(), ys.min(), xs.max(), ys.max()) == (xs2.min(), ys2.min(), xs2.max(), ys2.max())


def test_instance_colours_are_one_per_id_and_the_same_everywhere(views):
    seen = {}
    for frame, _ in views:
        colours = read_image(frame.file("instance_segmentation"))
        image = frame.instance()
        for value in np.unique(image):
            found = np.unique(colours[image == value], axis=0)
            assert len(found) == 1
            colour = tuple(found[0].tolist())
            assert seen.setdefault(int(value), colour) == colour
            assert colour == ((0, 0, 0) if value == 0 else instance_color(int(value)))
    assert len(set(seen.values())) == len(seen)


def test_classes_and_colours_correspond_one_to_one(scene, views):
    # Defect: the road's colour was wrong, so that road pixels became class 0.
    assert tuple(PALETTE[SemanticClass.ROADS]) == (128, 64, 128)
    legend = json.loads((scene.clips["corner"].path / "semantic_segmentation/semantic_labels.json").read_text())
    assert [legend[str(k)]["color"] for k in range(29)] == PALETTE.tolist()
    assert [legend[str(k)]["name"] for k in range(29)] == list(CLASS_NAMES)
    seen = set()
    for frame, shot in views:
        classes = frame.semantic()
        np.testing.assert_array_equal(classes, shot.frame.semantic)
        np.testing.assert_array_equal(read_image(frame.file("semantic_segmentation")), PALETTE[classes])
        assert (classes[np.isinf(shot.frame.depth)] == SemanticClass.SKY).all()
        assert (classes != SemanticClass.UNLABELLED).all()
        seen |= set(np.unique(classes).tolist())
        # actors have their own class, the static world none of theirs
        for label in frame.labels().objects:
            own = set(np.unique(classes[frame.instance() == label.actor_id]).tolist())
            rider = {SemanticClass.RIDER} if label.category in {"motorcycle", "bicycle"} else set()
            assert own <= {CLASS_NAMES.index(label.category)} | rider
            assert label.category in {"car", "truck", "bus", "motorcycle", "bicycle", "pedestrian"}
    assert {SemanticClass.ROADS, SemanticClass.SIDEWALKS, SemanticClass.ROAD_LINES, SemanticClass.CAR} <= seen
    assert {SemanticClass.RIDER, SemanticClass.PEDESTRIAN, SemanticClass.BUILDING} <= seen


def test_the_street_under_the_junction_is_road(scene):
    # The middle of the crossing, 11 to 13 m before the corner camera's target, is asphalt by construction.
    shot = scene.shots["corner"][0]
    ground = np.array([[x, y, 0.0] for x in (-6.0, -5.0) for y in (-5.0, -4.0, 4.0, 5.0)])
    projected = shot.camera.project(shot.pose.inverse().apply(ground))
    for u, v in projected.uv:
        assert shot.frame.semantic[int(v), int(u)] == SemanticClass.ROADS


def test_edges_are_those_of_the_whole_picture(scene, views):
    # Defect: edges of the class-masked picture showed the mask's border, and nothing of buildings and the sky.
    on_buildings = 0
    for frame, shot in views:
        gray = cv2.cvtColor(shot.frame.rgb, cv2.COLOR_RGB2GRAY)
        expected = cv2.Canny(gray, *CANNY_THRESHOLDS) > 0
        np.testing.assert_array_equal(frame.edges(), expected)
        on_buildings += int((expected & (frame.semantic() == SemanticClass.BUILDING)).sum())
        masked = edge_image(shot.frame.rgb, scene.plan.class_filter[frame.semantic()])
        assert not masked[~scene.plan.class_filter[frame.semantic()]].any()
        assert not (masked & ~edge_image(shot.frame.rgb)).any()  # the border of the mask is no edge
    assert on_buildings > 500


def test_masked_pictures_keep_the_filtered_classes(scene, views):
    for frame, shot in views:
        keep = scene.plan.class_filter[frame.semantic()]
        picture = read_image(frame.file("masks"))
        np.testing.assert_array_equal(picture[keep], shot.frame.rgb[keep])
        assert not picture[~keep].any()
        assert 0.2 < keep.mean() < 1.0


def test_pictures_are_what_was_rendered(scene, views):
    for frame, shot in views:
        assert np.abs(frame.rgb().astype(int) - shot.frame.rgb).mean() < 4.0  # JPEG
        np.testing.assert_array_equal(read_image(frame.file("sun_visibility")), shot.frame.sun_visibility)
        np.testing.assert_array_equal(read_image(frame.file("albedo")), shot.frame.albedo)
        np.testing.assert_array_equal(read_image(frame.file("normals")), shot.frame.normal)
    lit = np.concatenate([shot.frame.sun_visibility.reshape(-1) for _, shot in views])
    assert 0.05 < (lit > 127).mean() < 0.95


def test_exact_label_videos_hold_the_label_images(scene):
    for clip in scene.clips.values():
        for name in ("semantic_segmentation", "instance_segmentation"):
            frames = list(read_video(clip.video(name)))
            for frame, picture in zip(clip, frames, strict=True):
                np.testing.assert_array_equal(picture, read_image(frame.file(name)))


def test_every_video_has_every_frame_at_the_clips_rate(scene):
    for clip in scene.clips.values():
        assert set(clip.manifest.videos) >= {"rgb", "depth", "edges", "semantic_segmentation", "normals", "masks"}
        assert {name for name in clip.manifest.videos if name.startswith("rgb_with")} == {
            "rgb_with_bboxes", "rgb_with_masks", "rgb_with_3d_bboxes", "rgb_with_collisions"
        }  # fmt: skip
        for name in clip.manifest.videos:
            info = video_info(clip.video(name))
            assert (info.frames, info.fps, info.width, info.height) == (len(clip), clip.fps, *clip.size)
        assert clip.verify() == []
