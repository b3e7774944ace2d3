"""A clip in words: from its labels, or from a vision-language model."""
