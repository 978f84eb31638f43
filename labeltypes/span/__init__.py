"""Ranges of a text, with classes and attributes."""

from labeltypes.span.label_type import Span

label_type = Span()
