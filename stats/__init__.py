"""Pure numpy/scipy mathematics: arrays in, arrays or frozen dataclasses out. No Django, no label types."""
