"""Stretches of time in a recording, with classes and attributes."""

from labeltypes.segment.label_type import Segment

label_type = Segment()
