"""What is probably true, inferred from several people's categorical answers."""
