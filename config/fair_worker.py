"""gunicorn's threaded worker, which lets another accept a connection that has fewer of them.

All workers wake when somebody connects, and the quickest wins. Browsers keep their connections, so that luck
decides for minutes which worker's people share an interpreter with many others: five people on one core and
three on the other wait a third longer than four and four.
"""

import mmap
import os
import select
import struct
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

PLACES = 64
PLACE = struct.Struct("ii")  # process, open connections
PAUSE, LOOK = 0.002, 0.0003  # seconds

# Made when gunicorn's master loads this module, so that all workers inherit it. It only ever decides who
# waits for a moment: what two write there at once, or one that died has left, does no harm.
BOARD = mmap.mmap(-1, PLACES * PLACE.size)


class FairWorker(ThreadWorker):
    """Says how many connections it has, and waits ``pause`` seconds before it takes one more than others.

    Then it takes it, if it is still there: whatever the others do, nobody waits longer than that.
    """

    pause = PAUSE

    def accept(self, listener: Any) -> None:
        """Take a connection, after a moment in which somebody with fewer of them may."""
        if self._has_more_than_another() and self._is_taken(listener):
            return
        super().accept(listener)
        self._tell()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """As gunicorn does; connections may have ended."""
        super().wait_for_and_dispatch_events(timeout)
        self._tell()

    def set_accept_enabled(self, enabled: bool) -> None:
        """As gunicorn does; nobody waits for one that takes no connections."""
        super().set_accept_enabled(enabled)
        self._tell()

    @property
    def _place(self) -> int:
        return int(self.age) % PLACES * PLACE.size

    def _tell(self) -> None:
        PLACE.pack_into(BOARD, self._place, self.pid if self._accepting else 0, self.nr_conns)

    def _has_more_than_another(self) -> bool:
        for place, (pid, count) in enumerate(PLACE.iter_unpack(BOARD)):
            if pid and pid != self.pid and count < self.nr_conns:
                if _lives(pid):
                    return True
                PLACE.pack_into(BOARD, place * PLACE.size, 0, 0)
        return False

    def _is_taken(self, listener: Any) -> bool:
        """Whether somebody else has come for it within the pause."""
        waiting = select.poll()
        waiting.register(listener, select.POLLIN)
        until = time.monotonic() + self.pause
        while waiting.poll(0):
            if time.monotonic() >= until:
                return False
            time.sleep(LOOK)
        return True


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
