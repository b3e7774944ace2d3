"""A drawn street as a clip, for tests that need labels but no renderer: a car passes a wall with windows."""

from sample_street.street import CAR, FPS, FRAMES, SIZE, paint_over, street_clip, street_pictures, write_augmented

__all__ = ["CAR", "FPS", "FRAMES", "SIZE", "paint_over", "street_clip", "street_pictures", "write_augmented"]
