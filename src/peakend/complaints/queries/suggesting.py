"""What the scheme says for a matter, and why, in plain words."""

from uuid import UUID

import msgspec

from peakend.complaints.models import ComplaintRow
from peakend.complaints.models.instruments import InstrumentRow
from peakend.complaints.queries.access import complaints_of_conversation, need_complaint, sees
from peakend.complaints.queries.authority import MyAuthority, authority_of
from peakend.complaints.queries.draws import draw_of
from peakend.complaints.queries.fairness import Before, given_before
from peakend.complaints.queries.instruments import some_instruments
from peakend.complaints.queries.schemes import line_for
from peakend.complaints.rules.schemes import USUAL_SEVERITY, Known, Line, path
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.words import best_language, word


class SchemeSuggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What the scheme says for a matter; nothing is given by it.

    `why` are short phrases in the reader's language: who is liable, how long the customer waited,
    which version of the scheme. Where there is nothing to suggest, `nothing` says why:
    unknown_liability, no_table, no_line, used_up, held_out.
    Units: `amount` is in the unit of the instrument, `cost_fen` is what it costs the house.
    """

    liability: Known
    severity: int
    reason_id: UUID | None
    waited_s: int
    why: list[str]
    nothing: str | None
    table_id: UUID | None = None
    scheme_version: int | None = None
    scheme_id: UUID | None = None
    instrument: InstrumentRow | None = None
    amount: int = 0
    cost_fen: int = 0
    words_zh: str = ""
    words_en: str = ""
    needs_approval: bool = False
    authority: MyAuthority


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """What a scheme is looked up for."""

    brand_id: UUID | None
    customer_id: UUID | None = None
    liability: Known
    severity: int
    reason_id: UUID | None
    waited_s: int = 0
    held_out: bool = False


async def suggestion(
    tx: Transaction,
    actor: Actor,
    *,
    conversation_id: UUID,
    liability: Known | None = None,
    severity: int | None = None,
) -> SchemeSuggestion:
    """Return what the scheme says for a conversation; who asks says who is liable, how badly.

    What he leaves open is what was found of its complaint, if it has one.
    Errors: ConversationNotFound.
    """
    row = await conversations.need_conversation(tx, conversation_id, actor)
    filed = next(iter(await complaints_of_conversation(tx, row.id)), None)
    if filed is not None and sees(actor, filed):
        return await suggested(tx, actor, await _matter(tx, filed, row, liability, severity))
    matter = Matter(
        brand_id=row.brand_id,
        customer_id=row.customer_id,
        liability=liability or "unknown",
        severity=severity or USUAL_SEVERITY,
        reason_id=row.reason_id,
        waited_s=_waited_s(row, tx),
    )
    return await suggested(tx, actor, matter)


async def suggestion_for_complaint(
    tx: Transaction,
    actor: Actor,
    *,
    complaint_id: UUID,
    liability: Known | None = None,
    severity: int | None = None,
) -> SchemeSuggestion:
    """Return what the scheme says for a complaint as it was judged. Errors: ComplaintNotFound."""
    filed = await need_complaint(tx, complaint_id, actor)
    row = None
    if filed.conversation_id is not None:
        system = Actor.system(tx.organisation_id)
        row = await conversations.need_conversation(tx, filed.conversation_id, system)
    return await suggested(tx, actor, await _matter(tx, filed, row, liability, severity))


async def _matter(
    tx: Transaction,
    filed: ComplaintRow,
    row: conversations.ConversationRecord | None,
    liability: Known | None,
    severity: int | None,
) -> Matter:
    drawn = await draw_of(tx, filed.id)
    return Matter(
        brand_id=filed.brand_id,
        customer_id=filed.customer_id,
        liability=liability or filed.liability,
        severity=severity or filed.severity,
        reason_id=filed.reason_id,
        waited_s=_waited_s(row, tx) if row else 0,
        held_out=drawn is not None and drawn.held and filed.tier != "extreme",
    )


async def suggested(tx: Transaction, actor: Actor, matter: Matter) -> SchemeSuggestion:
    """Return what the scheme says for a matter."""
    language = best_language(actor.language)
    tree = await conversations.reason_tree(tx)
    labels = {node.id: node.label for node in tree.nodes}
    table, line = await line_for(
        tx,
        brand_id=matter.brand_id,
        liability=matter.liability,
        severity=matter.severity,
        path=path({node.id: node.parent_id for node in tree.nodes}, matter.reason_id),
    )
    instrument = (
        (await some_instruments(tx, [line.instrument_id])).get(line.instrument_id) if line else None
    )
    version = table.version if table else None
    before = await given_before(tx, matter.customer_id) if matter.customer_id else Before(0, 0)
    usual = SchemeSuggestion(
        liability=matter.liability,
        severity=matter.severity,
        reason_id=matter.reason_id,
        waited_s=matter.waited_s,
        why=_why(
            language,
            matter,
            labels.get(matter.reason_id) if matter.reason_id else None,
            version,
            before.grants,
        ),
        nothing=_nothing(matter, version, line, instrument),
        table_id=table.id if table else None,
        scheme_version=version,
        authority=await authority_of(tx, actor),
    )
    if line is None or usual.nothing is not None:
        return usual
    return msgspec.structs.replace(
        usual,
        scheme_id=line.id,
        instrument=instrument,
        amount=line.amount,
        cost_fen=line.cost_fen,
        words_zh=line.words_zh,
        words_en=line.words_en,
        needs_approval=line.needs_approval,
    )


def _nothing(
    matter: Matter, version: int | None, line: Line | None, instrument: InstrumentRow | None
) -> str | None:
    """Return why there is nothing to suggest; None where there is."""
    if matter.liability == "unknown":
        return "unknown_liability"
    if version is None:
        return "no_table"
    if line is None:
        return "no_line"
    if instrument is None or not instrument.active:
        return "no_line"
    # Points and money are not taken from a shelf.
    if (
        instrument.stock is not None
        and instrument.unit == "piece"
        and instrument.stock < line.amount
    ):
        return "used_up"
    return "held_out" if matter.held_out else None


def _why(
    language: str, matter: Matter, reason: str | None, version: int | None, before: int
) -> list[str]:
    """Return the grounds of a suggestion as short phrases in the reader's language."""
    found = [
        word(f"complaints.liable_{matter.liability}", language),
        word(f"complaints.severity_{matter.severity}", language),
    ]
    if reason:
        found.append(reason)
    if matter.waited_s >= 60:
        found.append(word("complaints.waited", language, minutes=matter.waited_s // 60))
    if version is not None:
        found.append(word("complaints.by_scheme", language, version=version))
    if before:
        found.append(word("complaints.given_before", language, times=before))
    return found


def _waited_s(row: conversations.ConversationRecord, tx: Transaction) -> int:
    """Return how long the customer waited at most: for the first answer, or for the next now."""
    first = (row.first_reply_at or row.closed_at or tx.now) - row.opened_at
    now = tx.now - row.awaiting_since if row.awaiting_since else None
    return max(0, int(first.total_seconds()), int(now.total_seconds()) if now else 0)
