"""Answers by mail: how each stands, and what it says while that is kept.

The caller has checked that the reader may see the conversation.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.mail.models import MAIL_COLUMNS, Mail
from peakend.mail.rules import MailState


class AnswerState(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer stands; `code` says why it was not sent, or not yet."""

    id: UUID
    state: MailState
    code: str
    attempt: int
    next_at: datetime
    kept: bool


async def answer_states(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, AnswerState]:
    """Return how answers stand, by their ids; nothing of those that are gone."""
    if not ids:
        return {}
    rows = await tx.all(
        AnswerState,
        "SELECT id, state, code, attempt, next_at, content_sealed IS NOT NULL AS kept FROM mail"
        " WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])",
        list(ids),
    )
    return {row.id: row for row in rows}


async def answer_row(tx: Transaction, mail_id: UUID, *, lock: bool = False) -> Mail | None:
    """Return an answer in the outbox; None where it is gone."""
    return await tx.one(
        Mail,
        f"SELECT {MAIL_COLUMNS} FROM mail "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND id = $1 AND kind = 'reply'"
        f"{' FOR UPDATE' * lock}",
        mail_id,
    )
