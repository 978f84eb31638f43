"""Intervals and sequential tests for shares of right answers."""
