"""Measurements of what the whole must keep. Never part of the tests: they say how fast, not whether."""
