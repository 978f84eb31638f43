"""A way out of a network namespace: what connects to a port inside reaches the same port of this machine."""

import contextlib
import queue
import socket
import threading

HERE = "127.0.0.1"


class Door:
    """Made outside, opened inside: a thread and its sockets belong to the network in which they were made."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._inside: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
        self._listener: socket.socket | None = None
        threading.Thread(target=self._serve, daemon=True).start()

    def open(self) -> None:
        """From now on connections pass."""
        self._listener = socket.create_server((HERE, self._port))
        self._inside.put(self._listener)

    def close(self) -> None:
        """No more of them."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # wakes up who waits for the next one
            self._listener.close()

    def _serve(self) -> None:
        listener = self._inside.get()
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            called = socket.create_connection((HERE, self._port))
            for pair in ((caller, called), (called, caller)):
                threading.Thread(target=_pass_on, args=pair, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Until one side ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
