"""From an uploaded file to tasks in the queue."""
