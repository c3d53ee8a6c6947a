"""What an answer by mail may be: its subject, its bounds, and where its words stand."""

import re
from datetime import timedelta

from peakend.mail.rules.templates import LONGEST_SUBJECT

# So long it can be taken back before anybody hands it over.
HOLD = timedelta(seconds=10)
MOST_RECIPIENTS = 20
MOST_FILES = 20
LARGEST_FILES = 20 * 1024 * 1024
# Of ids of earlier mails, the first and the newest: programs thread by either end.
MOST_REFERENCES = 20
LONGEST_ID = 250
# What stands in front of an answer's subject in the languages of mail programs, also counted.
_ANSWERED = re.compile(
    r"^\s*(?:(?:re|aw|sv|antw|ref|rif|回复|回覆|答复|答覆)\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[:：]\s*)+",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"<p [^<>]{0,200}>\s*%s\s*</p>")


def answer_subject(subject: str) -> str:
    """Return the subject of an answer: `Re:` once, however often and in whatever language it was.

    Counts: 200 signs.
    """
    plain = " ".join(_ANSWERED.sub("", subject[:1000]).split())
    return f"Re: {plain}"[:LONGEST_SUBJECT].rstrip() if plain else ""


def bounded_references(references: list[str], in_reply_to: str) -> list[str]:
    """Return the ids of earlier mails that an answer names, the newest last, each once."""
    known = [one for one in dict.fromkeys([*references, in_reply_to]) if 0 < len(one) <= LONGEST_ID]
    # What is answered stands last, wherever it stood before.
    if in_reply_to in known:
        known = [*(one for one in known if one != in_reply_to), in_reply_to]
    return known if len(known) <= MOST_REFERENCES else [known[0], *known[1 - MOST_REFERENCES :]]


def put_in(framed: str, mark: str, html: str) -> str:
    """Return a framed mail with HTML where the mark stands."""
    block = f'<div style="margin:0 0 14px;font-size:15px;line-height:24px">{html}</div>'
    alone = re.compile(_BLOCK.pattern % re.escape(mark))
    made, found = alone.subn(lambda _: block, framed)
    if found:
        return made
    begin = '<p style="margin:0 0 14px;font-size:15px;line-height:24px">'
    return framed.replace(mark, f"</p>{block}{begin}")
