"""One order or one scale from people's comparisons and rankings."""
