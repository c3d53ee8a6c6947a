"""Keeping what a person is writing: words, a card, what makes it a mail."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import put
from msgspec import Meta

from peakend.conversations import actions
from peakend.conversations.rules.answering import MailGiven
from peakend.conversations.rules.rich import HeldCard
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Text = Annotated[str, Meta(max_length=20_000)]


class DraftGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a person is writing."""

    text: Text
    kind: Literal["agent", "note"] = "agent"
    card: HeldCard | None = None
    mail: MailGiven | None = None


@put(
    "/conversations/{conversation_id:uuid}/draft",
    summary="Keep what is being written",
    opt=needs("conversations.note"),
    status_code=204,
)
async def keep_draft(
    conversation_id: UUID, data: DraftGiven, actor: Actor, tx: Transaction
) -> None:
    await actions.save_draft(
        tx,
        conversation_id=conversation_id,
        text=data.text,
        kind=data.kind,
        card=data.card,
        mail=data.mail,
        by=actor,
    )


routes = [keep_draft]
