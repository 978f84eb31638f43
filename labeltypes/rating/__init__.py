"""A level on a scale of 1 to max."""

from labeltypes.rating.label_type import Rating

label_type = Rating()
