"""Free text: a line or many lines."""

from labeltypes.text.label_type import Text

label_type = Text()
