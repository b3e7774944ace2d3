"""One clip, many conditions: captions, prompt variations, transfer and proof."""
