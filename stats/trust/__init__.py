"""What is known of each person's accuracy, with intervals."""
