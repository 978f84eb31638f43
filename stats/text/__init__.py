"""Distances between texts and choosing one of several."""
