"""Outlines of objects on an image, with classes and attributes."""

from labeltypes.polygon.label_type import Polygon

label_type = Polygon()
