"""Spans that several people marked in many texts."""
