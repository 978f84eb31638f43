"""The garbage collector of long-running processes."""

import gc

# New objects between two looks for cycles. Python's 700 is for small programs: a request makes thousands.
THRESHOLD = 20_000


def settle_memory() -> None:
    """Leave what was loaded by now out of every later collection; call it before a server forks its workers.

    Hundreds of thousands of objects of modules, models and routes never become garbage; going through them
    again and again took a third of the web's time under load (docs/adr/0006-queue.md). Left alone, they also
    stay shared between the processes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(THRESHOLD, 10, 10)
