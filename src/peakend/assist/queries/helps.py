"""What fits a conversation now, in words; and how helps were taken."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.assist.models.helps import HELP_COLUMNS, HelpOffer
from peakend.assist.queries.care import care
from peakend.assist.queries.digital import found_answers
from peakend.assist.rules.digital import ANSWER_FROM, asked_summary, intent
from peakend.assist.rules.helps import KINDS, HelpKind, chosen, filled, fitting, texts_of
from peakend.assist.rules.watching import tone
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRecord, Message
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.knowledge import queries as knowledge

READ_BACK = 60

_REPORT = """
SELECT kind, count(*) AS offered,
       count(*) FILTER (WHERE outcome IN ('taken', 'kept', 'changed')) AS taken,
       count(*) FILTER (WHERE outcome = 'kept') AS kept,
       count(*) FILTER (WHERE outcome = 'changed') AS changed,
       count(*) FILTER (WHERE outcome = 'dismissed') AS dismissed,
       count(followed_at) AS followed
FROM help_offer
WHERE organisation_id = current_organisation() AND offered_at >= $1
GROUP BY kind
"""


class HelpNotFound(NotFound):
    """No such help was offered to this person."""

    wording = "assist.help_not_found"


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A help before it is offered: its kind, its words, the message it is about."""

    kind: HelpKind
    seq: int
    text: str
    article_id: UUID | None = None
    url: str | None = None


class HelpCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How often helps of a kind were offered, taken, sent as they were or changed, put away.

    Counts: `followed` customers who later did it by that article without a person.
    """

    kind: HelpKind
    offered: int = 0
    taken: int = 0
    kept: int = 0
    changed: int = 0
    dismissed: int = 0
    followed: int = 0


async def proposals(tx: Transaction, row: ConversationRecord) -> list[Proposal]:
    """Return what fits a conversation as it stands; nothing where the agent spoke last."""
    said = await conversations.transcript(tx, row.id, READ_BACK)
    spoken = [m for m in said if m.kind in ("customer", "agent")]
    replies = [m for m in spoken if m.kind == "agent"]
    since = replies[-1].seq if replies else 0
    new = [m for m in spoken if m.kind == "customer" and m.seq > since and m.text]
    if not new:
        return []
    known = await care(tx)
    kinds = fitting(
        tones=[tone(m.text, known.ear) for m in new],
        wish=intent(new[-1].text),
        done=new[-1].code == "chosen" and (new[-1].params or {}).get("choice") == "done",
        replies=len(replies),
    )
    found = [await _proposal(tx, row, kind, said, new[-1].seq) for kind in kinds]
    return [one for one in found if one is not None]


async def _proposal(
    tx: Transaction, row: ConversationRecord, kind: HelpKind, said: list[Message], seq: int
) -> Proposal | None:
    rule = getattr((await care(tx)).helps, kind)
    text = chosen(texts_of(rule, row.language), seq)
    if text is None:
        return None
    asked = [m.text for m in said if m.kind == "customer" and intent(m.text) == "question"]
    if kind == "feel":
        return Proposal(kind=kind, seq=seq, text=text)
    if kind == "confirm":
        # Nobody is read his own anger back.
        ear = (await care(tx)).ear
        summary = asked_summary([one for one in asked if tone(one, ear) is None][:1], 40)
        return Proposal(kind=kind, seq=seq, text=filled(text, asked=summary)) if summary else None
    return await _teaching(tx, row, text, asked, seq)


async def _teaching(
    tx: Transaction, row: ConversationRecord, text: str, asked: list[str], seq: int
) -> Proposal | None:
    """Name the article by which the customer could have done it; only one that truly fits."""
    if not asked:
        return None
    found = await found_answers(tx, brand_id=row.brand_id, text=" ".join(asked[:2]), limit=1)
    if not found or found[0].trust < ANSWER_FROM:
        return None
    article = found[0].candidate.article
    told = knowledge.in_language(article, row.language)
    return Proposal(
        kind="teach",
        seq=seq,
        text=filled(text, title=told.title),
        article_id=article.article_id,
        url=found[0].candidate.url,
    )


async def need_offer(tx: Transaction, help_id: UUID, agent_id: UUID | None) -> HelpOffer:
    """Return a help that was offered to somebody, locked. Errors: HelpNotFound."""
    found = await tx.one(
        HelpOffer,
        f"SELECT {HELP_COLUMNS} FROM help_offer "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND id = $1 AND agent_id = $2 FOR UPDATE",
        help_id,
        agent_id,
    )
    if found is None:
        raise HelpNotFound
    return found


async def help_report(tx: Transaction, *, now: datetime, days: int) -> list[HelpCounts]:
    """Return how helps were taken in the last days, every kind once."""
    rows = await tx.all(HelpCounts, _REPORT, now - timedelta(days=days))
    known = {row.kind: row for row in rows}
    return [known.get(kind, HelpCounts(kind=kind)) for kind in KINDS]
