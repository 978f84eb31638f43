"""What the accounts app announces to the floors above."""

from django.dispatch import Signal

# Sent inside the transaction, with ``invitation`` and ``user``.
invitation_accepted = Signal()
# Sent when the page of an open link is shown, with ``invitation``; a receiver returns what the person is told
# of the project, or None: ``{"project": its name, "told": facts and what is recorded}``.
invitation_shown = Signal()
# Sent when somebody who has accepted goes on, with ``invitation`` and ``user``; a receiver returns the
# address of a page that this person may open, or None.
invitation_followed = Signal()
# Sent inside the transaction, with ``departure``: put aside in its ``kept`` what the person had, and end it.
person_removed = Signal()
# Sent inside the transaction, with ``departure``: give back what was put aside.
person_restored = Signal()
