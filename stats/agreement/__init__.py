"""How far people agree beyond chance, with intervals."""
