"""Mail through the queue: no page waits for a mail server, and its speed tells nobody who has an account."""

from collections.abc import Sequence
from typing import Any, TypedDict

import structlog
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


class Packed(TypedDict):
    """One mail as JSON, for its way through the broker."""

    subject: str
    body: str
    sender: str
    to: list[str]
    html: list[str]


class QueuedEmailBackend(BaseEmailBackend):
    """Hands every mail to a worker. Without a broker it sends at once, so that no mail is lost."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue the mails and return how many."""
        from config.tasks import deliver_mail

        for message in email_messages:
            packed = pack(message)
            try:
                deliver_mail.delay(packed)
            except OperationalError:
                log.warning("mail_sent_without_queue")
                deliver_mail(packed)
        return len(email_messages)


def pack(message: EmailMessage) -> Packed:
    """Return a mail as JSON; attachments are not carried (we send none)."""
    alternatives: list[Any] = getattr(message, "alternatives", [])
    return Packed(
        subject=str(message.subject),
        body=str(message.body),
        sender=message.from_email,
        to=list(message.to),
        html=[str(alternative[0]) for alternative in alternatives],
    )


def unpack(packed: Packed, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """Return the mail, ready to be sent over the given connection."""
    message = EmailMultiAlternatives(
        packed["subject"], packed["body"], packed["sender"], packed["to"], connection=connection
    )
    for html in packed["html"]:
        message.attach_alternative(html, "text/html")
    return message
