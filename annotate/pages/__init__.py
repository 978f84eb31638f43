"""Pages around answers: labeling, review, one's own work, questions."""
