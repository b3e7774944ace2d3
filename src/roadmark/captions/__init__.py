"""A clip in words: from its labels, or from a vision-language model."""

from roadmark.captions.caption import Caption, Captioner
from roadmark.captions.groundtruth import GroundTruthCaptioner

__all__ = ["Caption", "Captioner", "GroundTruthCaptioner"]
