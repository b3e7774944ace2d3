"""Images and videos in and out: fast deterministic encoders, frame-exact videos, masks, background encoding."""

from roadmark.media.ahead import read_ahead
from roadmark.media.background import EncoderPool
from roadmark.media.color import YuvPlanes
from roadmark.media.depth import DepthUnit, decode_depth, encode_depth, inverse_depth_table, suggested_near
from roadmark.media.images import MAX_IMAGE_SIDE, decode_image, encode_jpeg, read_image
from roadmark.media.masks import (
    InstanceRegions,
    decode_rle,
    encode_rle,
    instance_regions,
    mask_polygons,
    object_mask,
    tight_box,
)
from roadmark.media.png import FLAT, FLAT_WIDE, GRADIENT, SMOOTH, PngTuning, assemble_png, compress_rows, encode_png
from roadmark.media.video import CONTROL, LABELS, MARKED, PICTURE, VideoCodec, VideoStyle, VideoWriter
from roadmark.media.video_reader import DecodedFrame, VideoInfo, decode_video, read_video, video_info

__all__ = [
    "CONTROL",
    "FLAT",
    "FLAT_WIDE",
    "GRADIENT",
    "LABELS",
    "MARKED",
    "MAX_IMAGE_SIDE",
    "PICTURE",
    "SMOOTH",
    "DecodedFrame",
    "DepthUnit",
    "EncoderPool",
    "InstanceRegions",
    "PngTuning",
    "VideoCodec",
    "VideoInfo",
    "VideoStyle",
    "VideoWriter",
    "YuvPlanes",
    "assemble_png",
    "compress_rows",
    "decode_depth",
    "decode_image",
    "decode_rle",
    "decode_video",
    "encode_depth",
    "encode_jpeg",
    "encode_png",
    "encode_rle",
    "instance_regions",
    "inverse_depth_table",
    "mask_polygons",
    "object_mask",
    "read_ahead",
    "read_image",
    "read_video",
    "suggested_near",
    "tight_box",
    "video_info",
]
