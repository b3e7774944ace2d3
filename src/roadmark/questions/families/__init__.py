"""Families of questions, one file each."""
