"""Merging numeric answers."""
