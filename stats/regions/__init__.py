"""Merging boxes, spans and other regions drawn by several people."""
