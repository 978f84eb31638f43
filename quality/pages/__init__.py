"""Pages of the quality app."""
