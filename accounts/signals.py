"""What the accounts app announces to the floors above."""

from django.dispatch import Signal

# Sent inside the transaction, with ``invitation`` and ``user``.
invitation_accepted = Signal()
