"""What a plan of labeling would cost and reach, before anybody has answered."""
