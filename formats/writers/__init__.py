"""Export formats. Each writer turns items into bytes with flat memory and counts what it could not hold."""
