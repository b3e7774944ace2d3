"""Formats that trainers read, written from a dataset's samples: one file each."""

from roadmark.formats.cosmos_rl import cosmos_rl_record, write_cosmos_rl
from roadmark.formats.huggingface import huggingface_record, write_huggingface
from roadmark.formats.llava import llava_record, write_llava
from roadmark.formats.published import PublishedCounts, published_record, write_published
from roadmark.formats.qwen import qwen_record, write_qwen
from roadmark.formats.webdataset import write_webdataset

__all__ = [
    "PublishedCounts",
    "cosmos_rl_record",
    "huggingface_record",
    "llava_record",
    "published_record",
    "qwen_record",
    "write_cosmos_rl",
    "write_huggingface",
    "write_llava",
    "write_published",
    "write_qwen",
    "write_webdataset",
]
