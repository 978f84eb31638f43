"""`make run`: the whole of Touchstone on one machine, as children of one process."""
