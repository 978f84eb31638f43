"""PostgreSQL and Redis from wheels, for one laptop and for the tests. Nothing else in Touchstone knows of them."""
