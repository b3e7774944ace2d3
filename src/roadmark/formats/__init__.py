"""Formats that trainers read, written from a dataset's samples and from clips: one file each."""

from roadmark.formats.coco import write_coco
from roadmark.formats.cosmos_rl import cosmos_rl_record, write_cosmos_rl
from roadmark.formats.export import TARGETS, Exported, check_targets, export_dataset
from roadmark.formats.export_job import ExportOptions, MediaMode
from roadmark.formats.fits import Fits, checks_of
from roadmark.formats.huggingface import huggingface_record, write_huggingface
from roadmark.formats.kitti import write_kitti
from roadmark.formats.labelled_images import CATEGORIES, ImageChoice, ImageSource, clips_below
from roadmark.formats.llava import llava_record, write_llava
from roadmark.formats.nuscenes import write_nuscenes
from roadmark.formats.odvg import write_odvg
from roadmark.formats.placing import Placing
from roadmark.formats.published import PublishedCounts, published_record, write_published
from roadmark.formats.qwen import qwen_record, write_qwen
from roadmark.formats.webdataset import write_webdataset
from roadmark.formats.yolo import write_yolo

__all__ = [
    "CATEGORIES",
    "TARGETS",
    "ExportOptions",
    "Exported",
    "Fits",
    "ImageChoice",
    "ImageSource",
    "MediaMode",
    "Placing",
    "PublishedCounts",
    "check_targets",
    "checks_of",
    "clips_below",
    "cosmos_rl_record",
    "export_dataset",
    "huggingface_record",
    "llava_record",
    "published_record",
    "qwen_record",
    "write_coco",
    "write_cosmos_rl",
    "write_huggingface",
    "write_kitti",
    "write_llava",
    "write_nuscenes",
    "write_odvg",
    "write_published",
    "write_qwen",
    "write_webdataset",
    "write_yolo",
]
