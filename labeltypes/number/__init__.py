"""A number, with limits, step and unit."""

from labeltypes.number.label_type import Number

label_type = Number()
