"""Label types: what a field can ask, how an answer is checked, compared and merged.

One folder per kind (`labeltypes/<kind>/`), found by `labeltypes.registry`. No Django here.
"""
