"""Import formats. Each reader turns a file into items, or into refusals that name the row."""
