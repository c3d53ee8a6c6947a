"""What else goes on with the same customer: open elsewhere, answered lately, linked, split, merged.

Whoever serves a customer sees here what colleagues have told the same customer, so that there is
one answer; notes stay where they were written.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.rules.states import UNDO_MERGE_WITHIN, State, may_see
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.language.queries import shortened

ANSWERED_WITHIN = timedelta(hours=72)
ANSWER_LENGTH = 200
MOST = 20

Relation = Literal["open", "answered", "linked", "split", "merged"]

_RELATED = """
WITH named AS (
    SELECT CASE WHEN l.one_id = $1 THEN l.other_id ELSE l.one_id END AS id, l.kind
    FROM conversation_link l
    WHERE l.organisation_id = current_organisation() AND (l.one_id = $1 OR l.other_id = $1)
    UNION ALL
    SELECT m.id, 'merged' FROM conversation m
    WHERE m.organisation_id = current_organisation() AND m.merged_into_id = $1
), others AS (
    SELECT id, kind FROM named
    UNION ALL
    (SELECT c.id, 'open' FROM conversation c
    WHERE c.organisation_id = current_organisation() AND c.customer_id = $2 AND c.id <> $1
      AND c.state <> 'closed'
    ORDER BY c.opened_at DESC LIMIT 10)
    UNION ALL
    (SELECT c.id, 'answered' FROM conversation c
    WHERE c.organisation_id = current_organisation() AND c.customer_id = $2 AND c.id <> $1
      AND c.state = 'closed' AND c.merged_into_id IS NULL AND c.last_message_at > $3
    ORDER BY c.opened_at DESC LIMIT 5)
), ranked AS (
    SELECT id, array_agg(kind) AS kinds FROM others GROUP BY id
)
SELECT c.id, c.number, c.state, c.agent_id, c.queue_id, c.brand_id, c.customer_id, c.version,
       h.name AS channel_name, c.opened_at, c.closed_at, c.preview, r.kinds,
       a.text AS answer, a.at AS answered_at, a.author_id AS answered_by, j.id AS merge_id
FROM ranked r
JOIN conversation c ON c.organisation_id = current_organisation() AND c.id = r.id
JOIN channel h ON h.organisation_id = c.organisation_id AND h.id = c.channel_id
LEFT JOIN LATERAL (
    SELECT m.text, m.at, m.author_id FROM message m
    WHERE m.organisation_id = c.organisation_id AND m.conversation_id = c.id
      AND m.kind = 'agent' AND m.at > $3 AND m.text <> ''
    ORDER BY m.seq DESC LIMIT 1
) a ON true
LEFT JOIN conversation_join j ON j.organisation_id = c.organisation_id AND j.into_id = $1
    AND j.absorbed_id = c.id AND j.undone_at IS NULL AND j.at > $5 AND j.last_seq = $6
ORDER BY c.state = 'closed', c.opened_at DESC
LIMIT $4
"""


class RelatedConversation(msgspec.Struct, frozen=True, kw_only=True):
    """Another conversation that concerns whoever answers in this one.

    `reachable` says whether the reader may open it; `answer` is what a person told the customer
    there last, in the last three days; `merge_id` is that of a merge that can still be taken back.
    """

    id: UUID
    number: int
    state: State
    relations: list[Relation]
    channel_name: str
    agent_id: UUID | None
    agent_name: str | None
    opened_at: datetime
    closed_at: datetime | None
    preview: str
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None
    reachable: bool
    version: int
    merge_id: UUID | None


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    number: int
    state: State
    agent_id: UUID | None
    queue_id: UUID | None
    brand_id: UUID | None
    customer_id: UUID
    version: int
    channel_name: str
    opened_at: datetime
    closed_at: datetime | None
    preview: str
    kinds: list[Relation]
    answer: str | None
    answered_at: datetime | None
    answered_by: UUID | None
    merge_id: UUID | None


async def related(
    tx: Transaction, conversation_id: UUID, actor: Actor
) -> list[RelatedConversation]:
    """Return what else goes on with the customer of a conversation, open ones first.

    Counts: 20 at most; answers of the last 72 hours. Errors: ConversationNotFound.
    """
    row = await need_conversation(tx, conversation_id, actor)
    since, undoable = tx.now - ANSWERED_WITHIN, tx.now - UNDO_MERGE_WITHIN
    found = await tx.all(
        _Row, _RELATED, row.id, row.customer_id, since, MOST, undoable, row.last_seq
    )
    # Closed long ago without a word of ours is no answer elsewhere.
    found = [one for one in found if one.kinds != ["answered"] or one.answer]
    ids = {i for one in found for i in (one.agent_id, one.answered_by) if i is not None}
    names = await member_names(tx, list(ids)) if ids else {}
    return [_view(one, names, actor) for one in found]


def _view(one: _Row, names: dict[UUID, str], actor: Actor) -> RelatedConversation:
    return RelatedConversation(
        id=one.id,
        number=one.number,
        state=one.state,
        relations=sorted(set(one.kinds)),
        channel_name=one.channel_name,
        agent_id=one.agent_id,
        agent_name=names.get(one.agent_id) if one.agent_id else None,
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        preview=one.preview,
        answer=shortened(one.answer, ANSWER_LENGTH) if one.answer else None,
        answered_at=one.answered_at,
        answered_by=names.get(one.answered_by) if one.answered_by else None,
        reachable=may_see(
            actor,
            agent_id=one.agent_id,
            queue_id=one.queue_id,
            customer_id=one.customer_id,
            brand_id=one.brand_id,
        ),
        version=one.version,
        merge_id=one.merge_id,
    )
