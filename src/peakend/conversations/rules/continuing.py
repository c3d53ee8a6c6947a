"""What of a conversation with mails a customer sees in the chat.

Nothing of a mail is shown to a browser that has not shown whose it is, and what did not go to the
customer, or is not his, never (security.md, 28 and 29).
"""

from collections.abc import Mapping
from typing import Any, Literal

from peakend.conversations.rules.answering import MAIL
from peakend.conversations.rules.states import customer_may_read

# To whom a mail of ours may be shown: `anybody` who has the chat that it answers, who is `proven`
# where it answers a mail, nobody where it did not go to the customer.
Audience = Literal["anybody", "proven", "nobody"]
Sight = Literal["whole", "closed", "nothing"]


def audience(*, to_customer: bool, answers_mail: bool) -> Audience:
    """Return to whom a mail that an agent sends may be shown in the chat."""
    if not to_customer:
        return "nobody"
    return "proven" if answers_mail else "anybody"


def sight(kind: str, code: str | None, params: Mapping[str, Any] | None, *, proven: bool) -> Sight:
    """Return how much of a message a browser sees; `closed` says that there is a mail, no more."""
    if not customer_may_read(kind, code):
        return "nothing"
    if code != MAIL:
        return "whole"
    known = params or {}
    if kind == "customer":
        # Somebody else may have written it under his address.
        if known.get("trust") == "failed":
            return "nothing"
        return "whole" if proven else "closed"
    by = known.get("audience", "nobody")
    if by == "nobody":
        return "nothing"
    return "whole" if proven or by == "anybody" else "closed"
