"""What a person is writing: the words of a reply or a note, and the card that goes with a reply."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations.actions.cards import WrongRich, pictures_at_hand
from peakend.conversations.actions.posting import NotText, TextTooLong, checked_text
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.rules import rich as rules
from peakend.conversations.rules.answering import MailGiven
from peakend.conversations.rules.rich import HeldCard
from peakend.conversations.rules.texts import LONGEST_MESSAGE, is_text
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid

_SAVE = """
INSERT INTO draft AS d (conversation_id, member_id, text, kind, card, mail, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (organisation_id, conversation_id, member_id, kind)
DO UPDATE SET text = excluded.text, card = excluded.card, mail = excluded.mail,
    updated_at = excluded.updated_at
"""
_SAID = """
DELETE FROM draft WHERE organisation_id = current_organisation() AND conversation_id = $1
  AND member_id = $2 AND kind = 'agent' AND text = $3 AND card IS NULL
"""


async def drop_said(tx: Transaction, conversation_id: UUID, text: str, by: Actor) -> None:
    """Forget a draft that was sent as it stands: who was cut off cannot say so himself."""
    await tx.run(_SAID, conversation_id, by.id, text)


async def save_draft(
    tx: Transaction,
    *,
    conversation_id: UUID,
    text: str,
    kind: str,
    by: Actor,
    card: HeldCard | None = None,
    mail: MailGiven | None = None,
) -> None:
    """Keep a reply or a note that a person is writing; without words and card it is forgotten.

    With `mail` a reply goes by mail, and its HTML is words, too.

    No fact: nothing happened yet. Errors: ConversationNotFound, TextTooLong, WrongRich,
    FileNotFound, RichTemplateNotFound, CannedReplyNotFound, NotText, Invalid.
    """
    await need_conversation(tx, conversation_id, by)
    if len(text) > LONGEST_MESSAGE:
        raise TextTooLong(longest=LONGEST_MESSAGE)
    if kind != "agent" and (card is not None or mail is not None):
        raise Invalid(fields={"card" if card is not None else "mail": "unexpected"})
    if mail is not None and not is_text(mail.subject + mail.html):
        raise NotText
    kept = checked_text(text, may_be_empty=True) if text.strip() else ""
    if kept or card is not None or (mail is not None and mail.html.strip()):
        below = await _kept_card(tx, card, by) if card is not None else None
        how = msgspec.to_builtins(mail) if mail is not None else None
        await tx.run(_SAVE, conversation_id, by.id, kept, kind, below, how, tx.now)
        return
    await tx.run(
        "DELETE FROM draft WHERE organisation_id = current_organisation() "
        "AND conversation_id = $1 AND member_id = $2 AND kind = $3",
        conversation_id,
        by.id,
        kind,
    )


async def _kept_card(tx: Transaction, card: HeldCard, by: Actor) -> dict[str, Any]:
    """Return a card as the draft keeps it: as it is, for what is wrong is said when it goes.

    `own` are the pictures that go when the draft is erased; the others belong to what lent them.
    """
    content = msgspec.structs.replace(rules.tidy(card.content), intro="")
    wrong = rules.faults(content)
    if "block" in wrong or wrong.get("text") == "not_text":
        raise WrongRich(fields=dict.fromkeys(wrong, "conversations.wrong_rich"))
    own = await pictures_at_hand(tx, content, card.template_id, card.canned_reply_id, by)
    kept: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(card, content=content))
    return kept | {"own": [str(one) for one in own]}
