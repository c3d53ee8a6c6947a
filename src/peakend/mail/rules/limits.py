"""How few automatic mails there may be, whatever whoever asks for them believes.

Source: security.md, 30, 31 and section 5.
"""

from datetime import timedelta
from typing import Literal

Held = Literal["", "stopped", "contact", "conversation", "mailbox"]

CONTACT_WITHIN = timedelta(hours=24)
MAILBOX_WITHIN = timedelta(minutes=1)
MOST_TO_CONTACT = 1
MOST_IN_CONVERSATION = 3
MOST_OF_MAILBOX = 20
# So long it is known what went, for the sake of conversations that last.
KEPT_COUNTS = timedelta(days=90)


def held_by(*, stopped: bool, contact: int, conversation: int, mailbox: int) -> Held:
    """Return why an automatic mail does not go, by how many went before; nothing where it goes."""
    if stopped:
        return "stopped"
    if contact >= MOST_TO_CONTACT:
        return "contact"
    if conversation >= MOST_IN_CONVERSATION:
        return "conversation"
    return "mailbox" if mailbox >= MOST_OF_MAILBOX else ""
