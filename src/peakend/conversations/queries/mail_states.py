"""How the mails among messages stand; nothing is asked where there are none, as in every chat."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec

from peakend.conversations.models import MessageRecord
from peakend.conversations.rules.answering import MAIL, AnswerState
from peakend.kernel.db import Transaction
from peakend.mail import queries as mail


class MessageMail(msgspec.Struct, frozen=True):
    """How the mail of a message stands; `code` says why it was not sent, or not yet."""

    direction: Literal["in", "out"]
    state: AnswerState
    code: str


# What is sent is not asked for again once its row went: then it was sent, long ago.
_GONE = MessageMail("out", "sent", "")
_CAME = MessageMail("in", "received", "")
Mails = Mapping[UUID, MessageMail]


def mail_id_of(code: str | None, params: Mapping[str, Any] | None) -> UUID | None:
    """Return which mail in the outbox a message is; None where it is none."""
    if code != MAIL or not params or "mail_id" not in params:
        return None
    return UUID(str(params["mail_id"]))


async def message_mails(tx: Transaction, records: Iterable[MessageRecord]) -> Mails:
    """Return how the mails among messages stand, by the ids of the messages."""
    mails = [one for one in records if one.code == MAIL]
    if not mails:
        return {}
    ids = {one.id: mail_id_of(one.code, one.params) for one in mails}
    states = await mail.answer_states(tx, {one for one in ids.values() if one is not None})
    made: dict[UUID, MessageMail] = {}
    for message_id, mail_id in ids.items():
        found = states.get(mail_id) if mail_id is not None else None
        if mail_id is None:
            made[message_id] = _CAME
        elif found is None:
            made[message_id] = _GONE
        else:
            made[message_id] = MessageMail("out", found.state, found.code)
    return made
