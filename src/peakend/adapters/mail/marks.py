"""What the mail server in front of us found: spam, by the headers that the usual filters write."""

import re

from peakend.adapters.mail.headers import Fields, field

# SpamAssassin, rspamd, Proxmox and others; Exchange counts to nine.
_YES = ("x-spam-flag", "x-spam-status", "x-spam", "x-bogosity")
_LEVEL = "x-ms-exchange-organization-scl"
_LEAST = 5


def spam_mark(fields: Fields) -> str:
    """Return which header says that a mail is spam; nothing where none does."""
    for name in _YES:
        if re.match(rb"\s*(yes|true|spam)\b", field(fields, name), re.IGNORECASE):
            return name
    level = field(fields, _LEVEL).strip()
    return _LEVEL if level.isdigit() and len(level) < 3 and int(level) >= _LEAST else ""
