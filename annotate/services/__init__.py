"""What can be done with the queue, answers, reviews and threads: one verb each, in one transaction each."""
