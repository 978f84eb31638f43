"""The backend: Django finds it by the module's name."""

import random
import select
import time

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL as Django has it, but for the health check at the beginning of a request."""

    def connect(self) -> None:
        """As Django does; of connections that were opened together not all are replaced together."""
        super().connect()
        if self.close_at is not None:
            self.close_at += random.uniform(0, self.close_at - time.monotonic())

    def is_usable(self) -> bool:
        """Whether the connection is still there; what Django does is a round trip with a statement.

        A server that stops, restarts or ends a session says so on the connection or closes it: there is
        something to read where nobody asked for anything. A network that swallows everything is found by
        neither way, but by the kernel's timeouts.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
