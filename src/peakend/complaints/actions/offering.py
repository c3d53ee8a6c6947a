"""Offering a compensation and what becomes of it; nothing of value is promised anywhere else.

Whoever offers is looked up under a lock of his own, then the books of the month, then the stock:
the same order everywhere, so that neither an authority nor a budget is ever exceeded.
"""

from uuid import UUID

import msgspec

from peakend.accounts.queries import organisation
from peakend.cases.queries import need_case
from peakend.complaints import events
from peakend.complaints.actions.approving import ask_approval
from peakend.complaints.actions.grants import ReasonMissing
from peakend.complaints.actions.ledger import book, books
from peakend.complaints.actions.limits import over_authority
from peakend.complaints.actions.moving import move_on, said, set_timer, tell_audit
from peakend.complaints.models.grants import GRANT_COLUMNS, Grant
from peakend.complaints.models.instruments import INSTRUMENT_COLUMNS, InstrumentRow
from peakend.complaints.queries.access import need_complaint
from peakend.complaints.queries.grants import GrantView, grant_view, need_grant
from peakend.complaints.rules import grants as rules
from peakend.complaints.rules.instruments import cost_of, fits_brand
from peakend.complaints.rules.ledger import month_of
from peakend.conversations.queries import need_conversation
from peakend.customers.queries import current_customer
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

CURRENCY = "CNY"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_KNOWN = f"""
SELECT {GRANT_COLUMNS} FROM compensation_grant
WHERE organisation_id = current_organisation() AND once_key = $1
"""  # noqa: S608 (names of columns only)
_INSTRUMENT = f"""
SELECT {INSTRUMENT_COLUMNS} FROM instrument
WHERE organisation_id = current_organisation() AND id = $1
FOR NO KEY UPDATE
"""  # noqa: S608
_TAKE = """
UPDATE instrument SET stock = stock - $2
WHERE organisation_id = current_organisation() AND id = $1 AND stock >= $2
"""
_MAKE = """
INSERT INTO compensation_grant
    (id, once_key, customer_id, conversation_id, case_id, complaint_id, brand_id, scheme_id,
     scheme_version, instrument_id, kind, adapter, valid_d, amount, unit, cost_fen, currency,
     month, state, off_scheme_reason, reason_code, automatic, by_id, made_at, offered_at, lapses_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24, $25, $26)
ON CONFLICT (organisation_id, once_key) DO NOTHING
"""


_LINE = """
SELECT t.version, s.needs_approval FROM scheme s
JOIN scheme_table t ON t.organisation_id = s.organisation_id AND t.id = s.table_id
WHERE s.organisation_id = current_organisation() AND s.id = $1
  AND s.instrument_id = $2 AND s.amount = $3
  AND t.state = 'published' AND (t.brand_id IS NULL OR t.brand_id = $4)
"""


class OnceKeyUsed(Conflict):
    """The key was used for something else."""

    wording = "complaints.once_key_used"


class InstrumentNotFound(NotFound):
    """There is no such compensation to give."""

    wording = "complaints.instrument_not_found"


class InstrumentClosed(Conflict):
    """It is not given any more, or not for this brand."""

    wording = "complaints.instrument_closed"


class OutOfStock(Conflict):
    """There are not that many left."""

    wording = "complaints.out_of_stock"


class NotByMachines(Refused):
    """The digital agent and programs with a key promise no money."""

    wording = "complaints.not_by_machines"


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a compensation is for, and by what it was suggested."""

    conversation_id: UUID | None = None
    case_id: UUID | None = None
    complaint_id: UUID | None = None
    brand_id: UUID | None = None
    scheme_id: UUID | None = None
    scheme_version: int | None = None
    off_scheme_reason: str = ""
    reason_code: str = ""
    needs_approval: bool = False


class _Line(msgspec.Struct, frozen=True):
    version: int
    needs_approval: bool


NOTHING = About()


async def offer(
    tx: Transaction,
    *,
    customer_id: UUID,
    instrument_id: UUID,
    amount: int,
    once_key: str,
    by: Actor,
    about: About = NOTHING,
    automatic: bool = False,
) -> GrantView:
    """Offer a compensation once for each key; above the giver's authority it waits for approval.

    What a rule of the house gives (`automatic`) is granted at once. The same key with the same
    content returns what is there already. Units: `amount` is in the instrument's unit. Errors:
    NotByMachines, InstrumentNotFound, InstrumentClosed, OutOfStock, BudgetExhausted,
    ReasonMissing, OnceKeyUsed, ConversationNotFound, Invalid.
    """
    _need_person(by, automatic)
    _need_shape(amount, once_key, about, automatic)
    customer_id = await current_customer(tx, customer_id)
    about = await _placed(tx, about, customer_id, by)
    if not automatic:
        about = await _by_scheme(tx, about, instrument_id, amount)
    await tx.run(_LOCK, f"compensation/{tx.organisation_id}/{by.id}")
    known = await tx.one(Grant, _KNOWN, once_key)
    if known is not None:
        return await _again(tx, known, customer_id, instrument_id, amount, by)
    house = await organisation(tx)
    month = month_of(tx.now, house.time_zone)
    opened = await books(tx, about.brand_id, month, CURRENCY)
    instrument = await _instrument(tx, instrument_id, about.brand_id)
    cost_fen = cost_of(instrument.unit, instrument.face_fen, amount)
    opened.need_room(cost_fen)
    over = "" if automatic else await _over(tx, by, cost_fen, about)
    grant_id = new_id()
    made = await tx.run(
        _MAKE, grant_id, once_key, customer_id, about.conversation_id, about.case_id,
        about.complaint_id, about.brand_id, about.scheme_id, about.scheme_version, instrument.id,
        instrument.kind, instrument.adapter, instrument.valid_d, amount, instrument.unit, cost_fen,
        CURRENCY, month, "waiting" if over else "offered", about.off_scheme_reason.strip(),
        about.reason_code, automatic, by.id, tx.now, None if over else tx.now,
        tx.now + rules.OFFER_STANDS,
    )  # fmt: skip
    if not made:
        known = await tx.one(Grant, _KNOWN, once_key)
        assert known is not None
        return await _again(tx, known, customer_id, instrument_id, amount, by)
    await _take(tx, instrument, amount)
    grant = await need_grant(tx, grant_id, by)
    await book(tx, grant, "offer", opened)
    await _made(tx, grant, over, instrument)
    return await grant_view(tx, grant_id, by)


async def _over(tx: Transaction, by: Actor, cost_fen: int, about: About) -> str:
    """Return why somebody else has to let it pass; empty where nobody has to."""
    over = await over_authority(
        tx, by, cost_fen, case_id=about.case_id, conversation_id=about.conversation_id
    )
    return over or ("scheme" if about.needs_approval else "")


async def _made(tx: Transaction, grant: Grant, over: str, instrument: InstrumentRow) -> None:
    told = await said(tx, grant)
    if over:
        request_id = await ask_approval(tx, grant, instrument)
        await tx.run(
            "UPDATE compensation_grant SET request_id = $2"
            " WHERE organisation_id = current_organisation() AND id = $1",
            grant.id, request_id,
        )  # fmt: skip
        await record(tx, events.CompensationAsked(**told, over=over))
    else:
        off_scheme = grant.scheme_id is None
        fact = events.CompensationOffered(**told, off_scheme=off_scheme, approved=False)
        await record(tx, fact)
    await tell_audit(tx, grant, "asked" if over else "offered")
    if grant.automatic:
        await move_on(tx, grant, "accept", said_by="rule")
    else:
        await set_timer(tx, grant.id, "lapse", grant.lapses_at)


async def _again(
    tx: Transaction, known: Grant, customer_id: UUID, instrument_id: UUID, amount: int, by: Actor
) -> GrantView:
    same = (known.instrument_id, known.amount, known.by_id) == (instrument_id, amount, by.id)
    if not same or await current_customer(tx, known.customer_id) != customer_id:
        raise OnceKeyUsed
    return await grant_view(tx, known.id, by)


async def _placed(tx: Transaction, about: About, customer_id: UUID, by: Actor) -> About:
    """Return what it is about with the brand of its conversation, if the giver may see that."""
    brand_id = about.brand_id
    if about.case_id is not None:
        case = await need_case(tx, about.case_id, by)
        await _need_his(tx, case.customer_id, customer_id)
        brand_id = case.brand_id
    if about.complaint_id is not None:
        complaint = await need_complaint(tx, about.complaint_id, by)
        await _need_his(tx, complaint.customer_id, customer_id)
        brand_id = complaint.brand_id
    if about.conversation_id is not None:
        row = await need_conversation(tx, about.conversation_id, by)
        await _need_his(tx, row.customer_id, customer_id)
        brand_id = row.brand_id
    return msgspec.structs.replace(about, brand_id=brand_id)


async def _need_his(tx: Transaction, whose_id: UUID, customer_id: UUID) -> None:
    if await current_customer(tx, whose_id) != customer_id:
        raise Invalid(fields={"customer_id": "kernel.invalid"})


async def _by_scheme(tx: Transaction, about: About, instrument_id: UUID, amount: int) -> About:
    """Return what it is about with the line of the scheme that says just this, if one does.

    Who asks is not believed: another instrument or amount than the line's is outside of it.
    Errors: ReasonMissing.
    """
    line = None
    if about.scheme_id is not None:
        line = await tx.one(_Line, _LINE, about.scheme_id, instrument_id, amount, about.brand_id)
    if line is not None:
        return msgspec.structs.replace(
            about, scheme_version=line.version, needs_approval=line.needs_approval
        )
    if not about.off_scheme_reason.strip():
        raise ReasonMissing(fields={"off_scheme_reason": ReasonMissing.wording})
    return msgspec.structs.replace(about, scheme_id=None, scheme_version=None)


async def _instrument(tx: Transaction, instrument_id: UUID, brand_id: UUID | None) -> InstrumentRow:
    found = await tx.one(InstrumentRow, _INSTRUMENT, instrument_id)
    if found is None:
        raise InstrumentNotFound
    if not found.active or not fits_brand(found.brand_id, brand_id):
        raise InstrumentClosed
    return found


async def _take(tx: Transaction, instrument: InstrumentRow, amount: int) -> None:
    if instrument.stock is not None and not await tx.run(_TAKE, instrument.id, amount):
        raise OutOfStock


def _need_person(by: Actor, automatic: bool) -> None:
    if automatic:
        return
    if by.kind != "member" or by.key_id is not None:
        raise NotByMachines


def _need_shape(amount: int, once_key: str, about: About, automatic: bool) -> None:
    if not 1 <= amount <= rules.MOST_AMOUNT:
        raise Invalid(fields={"amount": "kernel.invalid"})
    if not 4 <= len(once_key) <= rules.LONGEST_KEY:
        raise Invalid(fields={"once_key": "kernel.invalid"})
    if about.conversation_id is None and about.case_id is None and about.complaint_id is None:
        raise Invalid(fields={"conversation_id": "kernel.invalid"})
