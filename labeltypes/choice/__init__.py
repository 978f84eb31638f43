"""One or several of a list of options."""

from labeltypes.choice.label_type import Choice

label_type = Choice()
