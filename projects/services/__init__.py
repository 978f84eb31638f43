"""Writes of the projects app, one module per noun."""
