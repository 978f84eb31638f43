"""PostgreSQL and Redis from wheels, for one laptop and for the tests. Nothing else knows of them."""
