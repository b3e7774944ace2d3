"""Proof that an augmented video still shows what the labels say."""
