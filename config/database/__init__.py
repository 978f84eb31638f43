"""Django's backend for PostgreSQL, which sees without asking that the other end has gone away."""
