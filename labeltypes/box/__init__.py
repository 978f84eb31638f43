"""Axis-parallel rectangles on an image, with classes and attributes."""

from labeltypes.box.label_type import Box

label_type = Box()
