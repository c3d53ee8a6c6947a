"""What a template of a mail may hold, by its kind; names of variables are those of canned replies.

An acknowledgement knows nothing that a stranger wrote: neither his name nor his subject goes to an
address that he may have made up (security.md C34).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

from peakend.kernel.templates import faults, used

Kind = Literal[
    "invitation", "reply", "acknowledgement", "code", "step", "notice", "guest", "progress"
]  # fmt: skip
Language = Literal["zh-CN", "en"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LANGUAGES: tuple[Language, ...] = ("zh-CN", "en")
LONGEST_SUBJECT = 200
LONGEST_BODY = 8_000
_HOUSE = ("brand.name", "organisation.name")
VARIABLES: dict[Kind, tuple[str, ...]] = {
    "invitation": ("member.name", "inviter.name", "link", "expires", *_HOUSE),
    "reply": (
        "answer", "customer.name", "agent.name", "conversation.subject", "conversation.number",
        *_HOUSE,
    ),
    "acknowledgement": ("conversation.number", *_HOUSE),
    "code": ("code", *_HOUSE),
    "step": ("step.title", "department.name", "case.number", "due", "link", *_HOUSE),
    "notice": ("words", "conversation.number", *_HOUSE),
    "guest": ("step.title", "guest.name", "case.number", "due", "expires", "link", *_HOUSE),
    "progress": ("case.number", "expires", "link", *_HOUSE),
}  # fmt: skip
# Without these a mail of its kind is for nothing.
NEEDED: dict[Kind, str] = {
    "invitation": "link", "reply": "answer", "code": "code", "step": "link", "guest": "link",
    "progress": "link", "notice": "words",
}  # fmt: skip
# What is long, an address or a secret stands in no subject: locked screens show it.
NOT_IN_SUBJECT = frozenset({"answer", "link", "code", "words"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Wrong(msgspec.Struct, frozen=True):
    """What is wrong with a template, in which of its fields and lines."""

    field: Literal["subject", "body"]
    line: int
    code: str
    what: str = ""


def template_faults(kind: Kind, subject: str, body: str) -> list[Wrong]:
    """Return what is wrong with a template, in the order of its lines."""
    known = VARIABLES[kind]
    found: list[Wrong] = []
    if not subject.strip():
        found.append(Wrong("subject", 1, "empty"))
    elif "\n" in subject or "\r" in subject:
        found.append(Wrong("subject", 1, "lines"))
    heads = [one for one in known if one not in NOT_IN_SUBJECT]
    found += [Wrong("subject", 1, one.code, one.what) for one in faults(subject, heads)]
    if not body.strip():
        found.append(Wrong("body", 1, "empty"))
    wrong = [Wrong("body", one.line, one.code, one.what) for one in faults(body, known)]
    found += wrong
    needed = NEEDED.get(kind)
    if needed and not wrong and body.strip() and needed not in used(body):
        found.append(Wrong("body", body.count("\n") + 1, "missing_variable", needed))
    return found


def nested(values: Mapping[str, str]) -> dict[str, Any]:
    """Return values by their dotted names as the dictionaries that a template reads."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        first, dot, rest = name.partition(".")
        if dot:
            made.setdefault(first, {})[rest] = value
        else:
            made[first] = value
    return made


def split_text(text: str) -> tuple[str, str]:
    """Return subject and body of a built-in text: its first line, and what follows an empty one."""
    subject, _, body = text.partition("\n")
    return subject.strip(), body.strip("\n") + "\n"


def moment_text(at: datetime, language: str) -> str:
    """Return a moment as people write it, in the time zone it came in."""
    if language == "zh-CN":
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M}"
