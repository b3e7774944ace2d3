"""Control videos give back what they were made of."""

import numpy as np
import pytest

from roadmark.catalog import PALETTE, SemanticClass
from roadmark.media import read_video
from roadmark.services.transfer.buffers import classes_from_colors, depth_from_gray
from transfer_samples import HEIGHT, WIDTH, make_clip
from transfer_samples.clips import CAR, frame_images

NEAR = 7.6


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("buffers") / "clip", 2)


def test_classes_come_back_from_their_video(clip):
    read = classes_from_colors(next(read_video(clip.video("semantic_segmentation"))))
    assert (read == clip[0].semantic()).mean() > 0.99


@pytest.mark.parametrize("kind", list(SemanticClass))
def test_every_palette_colour_is_its_class(kind):
    picture = np.tile(PALETTE[kind], (4, 4, 1))
    assert set(classes_from_colors(picture).flat) == {int(kind)}


def test_mixtures_along_an_outline_take_a_side():
    # Halfway between terrain and car lies (76, 125, 147), no class's colour.
    terrain, car = SemanticClass.TERRAIN, SemanticClass.CAR
    picture = np.tile(PALETTE[terrain], (9, 12, 1))
    picture[:, 6:] = PALETTE[car]
    picture[:, 5:7] = (PALETTE[terrain].astype(int) + PALETTE[car]) // 2
    read = classes_from_colors(picture)
    assert set(read[:, :6].flat) == {int(terrain)}
    assert set(read[:, 6:].flat) == {int(car)}


def test_a_picture_without_any_class_colour_still_has_classes():
    assert classes_from_colors(np.full((4, 4, 3), 255, np.uint8)).shape == (4, 4)


def test_metres_come_back_from_their_video(clip):
    picture = next(read_video(clip.video("depth")))
    truth = frame_images(0).depth
    near = clip.manifest.depth.video_near
    for semantic, allowed in ((None, 0.02), (clip[0].semantic(), 0.01)):
        read = depth_from_gray(picture, near, semantic)
        assert read.dtype == np.float32
        close = np.isfinite(truth) & (truth < 60.0)
        error = np.abs(read[close] - truth[close]) / truth[close]
        # Beyond the steps of 8 bits: at 60 m one gray level of 255 * 7.6 / 60 = 32 is 3 %.
        assert np.median(error) < allowed
    assert abs(np.median(read[clip[0].instance() == CAR]) - 16.0) < 0.2


def test_black_is_where_nothing_was_hit():
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[10:] = 255
    read = depth_from_gray(picture, NEAR)
    assert np.isinf(read[:10]).all()
    assert read[15:] == pytest.approx(NEAR, rel=1e-4)


def test_the_ground_is_flat_although_gray_has_steps():
    # The sample's ground plane: its inverse depth is linear in the row, so second differences are 0.
    truth = frame_images(0).depth[HEIGHT - 30 :, : WIDTH // 8]
    gray = np.rint(255.0 * NEAR / truth).clip(0, 255)
    picture = np.repeat(gray.astype(np.uint8)[..., None], 3, axis=2)
    ground = np.full(gray.shape, SemanticClass.ROADS, np.uint8)

    def bend(metres):
        return np.abs(np.diff(1.0 / metres, n=2, axis=0)).max()

    assert bend(depth_from_gray(picture, NEAR, ground)) < 0.2 * bend(depth_from_gray(picture, NEAR))
