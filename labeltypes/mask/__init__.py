"""Masks of objects on an image, with classes and attributes."""

from labeltypes.mask.label_type import Mask

label_type = Mask()
