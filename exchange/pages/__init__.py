"""Pages of data in and out."""
