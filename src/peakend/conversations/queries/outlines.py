"""What people settle about conversations, as one value: it differs when somebody changed it."""

from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction

_OUTLINES = """
SELECT c.id, concat_ws(
    '|', c.customer_id, c.state, c.reason_id, c.solved, c.priority, c.snoozed_until,
    c.merged_into_id, c.marked_unread, c.brand_id,
    (SELECT string_agg(t.tag_id::text, ',' ORDER BY t.tag_id) FROM conversation_tag t
     WHERE t.organisation_id = c.organisation_id AND t.conversation_id = c.id),
    (SELECT count(*) FROM message m
     WHERE m.organisation_id = c.organisation_id AND m.conversation_id = c.id
       AND m.kind <> 'system'),
    (SELECT count(*) FROM recalled_message r
     WHERE r.organisation_id = c.organisation_id AND r.conversation_id = c.id)) AS outline
FROM conversation c
WHERE c.organisation_id = current_organisation() AND c.id = ANY($1)
"""


class _Outline(msgspec.Struct, frozen=True):
    id: UUID
    outline: str


async def outlines(tx: Transaction, ids: list[UUID]) -> dict[UUID, str]:
    """Return the outline of each conversation that is there."""
    return {one.id: one.outline for one in await tx.all(_Outline, _OUTLINES, ids)}


async def tag_used(tx: Transaction, tag_id: UUID, without: list[UUID]) -> bool:
    """Say whether a conversation carries the tag, besides these."""
    used: bool = await tx.value(
        "SELECT EXISTS (SELECT FROM conversation_tag"
        " WHERE organisation_id = current_organisation() AND tag_id = $1"
        "   AND conversation_id <> ALL($2))",
        tag_id,
        without,
    )
    return used


async def any_conversation(tx: Transaction, without: list[UUID]) -> bool:
    """Say whether somebody ever wrote, besides these conversations."""
    found: bool = await tx.value(
        "SELECT EXISTS (SELECT FROM conversation"
        " WHERE organisation_id = current_organisation() AND id <> ALL($1))",
        without,
    )
    return found
