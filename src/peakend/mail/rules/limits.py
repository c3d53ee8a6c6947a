"""How few automatic mails there may be, whatever whoever asks for them believes.

Source: security.md, 30, 31 and section 5.
"""

from datetime import timedelta
from typing import Literal

from peakend.mail.rules.screening import EVERYBODYS

Held = Literal["", "stopped", "contact", "conversation", "mailbox", "domain"]

CONTACT_WITHIN = timedelta(hours=24)
MAILBOX_WITHIN = timedelta(minutes=1)
DOMAIN_WITHIN = timedelta(hours=1)
MOST_TO_CONTACT = 1
MOST_IN_CONVERSATION = 3
MOST_OF_MAILBOX = 20
# Of the whole house to one domain: whoever forges senders by the thousand chose a victim there. At
# a public provider half of all customers are.
MOST_TO_DOMAIN = 20
MOST_TO_PROVIDER = 300
# So long it is known what went, for the sake of conversations that last.
KEPT_COUNTS = timedelta(days=90)


def most_to(domain: str) -> int:
    """Return how many automatic mails may go to a domain in an hour."""
    return MOST_TO_PROVIDER if domain in EVERYBODYS else MOST_TO_DOMAIN


def held_by(
    *, stopped: bool, contact: int, conversation: int, mailbox: int, domain: int, most: int
) -> Held:
    """Return why an automatic mail does not go, by how many went before; nothing where it goes."""
    if stopped:
        return "stopped"
    if contact >= MOST_TO_CONTACT:
        return "contact"
    if conversation >= MOST_IN_CONVERSATION:
        return "conversation"
    if mailbox >= MOST_OF_MAILBOX:
        return "mailbox"
    return "domain" if domain >= most else ""
