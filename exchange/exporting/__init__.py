"""From the database to a file of any format."""
