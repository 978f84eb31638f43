"""Choosing what to label next, and judging a model's probabilities."""
