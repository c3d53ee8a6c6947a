"""Routes of files that a scanner holds."""

from typing import Any
from uuid import UUID

from litestar import post
from msgspec import Struct

from peakend.conversations import actions
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs


class ReleaseGiven(Struct, forbid_unknown_fields=True):
    """Why a file is let through that no scanner could look at."""

    reason: actions.Why


@post(
    "/conversations/{conversation_id:uuid}/messages/{message_id:uuid}/files/{file_id:uuid}/releases",
    summary="Let a file through that no scanner could look at",
    opt=needs("conversations.release"),
)
async def let_file_through(
    conversation_id: UUID,
    message_id: UUID,
    file_id: UUID,
    data: ReleaseGiven,
    actor: Actor,
    tx: Transaction,
) -> None:
    await actions.let_file_through(
        tx,
        conversation_id=conversation_id,
        message_id=message_id,
        file_id=file_id,
        reason=data.reason,
        by=actor,
    )


routes: list[Any] = [let_file_through]
