"""Segments of time, (start, end, class) in seconds: comparing two people's, and merging many people's."""
