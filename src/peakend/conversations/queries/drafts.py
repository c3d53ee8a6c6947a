"""What a person was writing in a conversation: words, and the card that goes with them."""

import re
from typing import Any, Literal
from uuid import UUID

import msgspec

from peakend.conversations.rules.answering import MailGiven
from peakend.conversations.rules.rich import Rich, pictures
from peakend.kernel.db import Transaction
from peakend.kernel.files import File, files

_DRAFTS = """
SELECT text, kind, card, mail FROM draft
WHERE organisation_id = current_organisation() AND conversation_id = $1 AND member_id = $2
ORDER BY updated_at LIMIT 2
"""
# As a mail shows a file of its own.
_SHOWS = re.compile(r'src="cid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')


class DraftCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card in a draft, with its pictures and where they may come from."""

    content: Rich
    template_id: UUID | None
    canned_reply_id: UUID | None
    pictures: list[File]


class Draft(msgspec.Struct, frozen=True):
    """What a person was writing; `pictures` are those that the words of a mail show."""

    text: str
    kind: Literal["agent", "note"]
    card: DraftCard | None
    mail: MailGiven | None = None
    pictures: list[File] = []


class _Row(msgspec.Struct, frozen=True):
    text: str
    kind: Literal["agent", "note"]
    card: dict[str, Any] | None
    mail: dict[str, Any] | None


async def drafts(tx: Transaction, conversation_id: UUID, member_id: UUID | None) -> list[Draft]:
    """Return what a person was writing in a conversation: a reply, a note, both or nothing."""
    return [
        Draft(
            row.text,
            row.kind,
            await _card(tx, row.card) if row.card else None,
            msgspec.convert(row.mail, MailGiven) if row.mail else None,
            await _pictures(tx, row.mail, member_id) if row.mail else [],
        )
        for row in await tx.all(_Row, _DRAFTS, conversation_id, member_id)
    ]


async def _card(tx: Transaction, kept: dict[str, Any]) -> DraftCard:
    content = msgspec.convert(kept["content"], Rich)
    shown = await files(tx, pictures(content))
    return DraftCard(
        content=content,
        template_id=kept["template_id"] and UUID(kept["template_id"]),
        canned_reply_id=kept["canned_reply_id"] and UUID(kept["canned_reply_id"]),
        pictures=[shown[one] for one in pictures(content) if one in shown],
    )


async def _pictures(tx: Transaction, mail: dict[str, Any], member_id: UUID | None) -> list[File]:
    """Return the pictures of a mail that its writer has put in himself."""
    ids = [UUID(one) for one in _SHOWS.findall(str(mail.get("html", "")))]
    own = await files(tx, ids, owner_id=member_id)
    return [own[one] for one in dict.fromkeys(ids) if one in own]
