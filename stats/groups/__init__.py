"""Groups of people compared, each person counting once."""
