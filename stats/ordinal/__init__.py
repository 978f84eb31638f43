"""Ratings: classes in an order."""
