"""What the accounts app announces to the floors above."""

from django.dispatch import Signal

# Sent inside the transaction, with ``invitation`` and ``user``.
invitation_accepted = Signal()
# Sent inside the transaction, with ``departure``: put aside in its ``kept`` what the person had, and end it.
person_removed = Signal()
# Sent inside the transaction, with ``departure``: give back what was put aside.
person_restored = Signal()
