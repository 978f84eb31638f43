"""Data in and out: one module per file format, streaming both ways, no Django."""
