"""What quality does: gold, votes, consensus, trust, agreement, active learning."""
