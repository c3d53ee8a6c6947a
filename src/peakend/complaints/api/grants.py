"""Routes of compensation: offering it, what becomes of it, what a customer got."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from peakend.complaints import actions, queries
from peakend.complaints.queries import GrantFile, GrantView
from peakend.complaints.rules.grants import (
    LONGEST_KEY,
    LONGEST_REASON,
    LONGEST_WORDS,
    MOST_AMOUNT,
    State,
)
from peakend.customers.queries import need_customer
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import money, needs

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Words = Annotated[str, Meta(max_length=LONGEST_WORDS)]
Reason = Annotated[str, Meta(max_length=LONGEST_REASON)]
Cursor = Annotated[str | None, Parameter(max_length=200)]
Limit = Annotated[int, Parameter(ge=1, le=100)]


class OfferGiven(Struct, forbid_unknown_fields=True, kw_only=True):
    """A compensation to be offered; with `words` the customer is told in the conversation.

    Units: `amount` is in the instrument's unit.
    """

    once_key: Annotated[str, Meta(min_length=8, max_length=LONGEST_KEY)]
    customer_id: UUID
    instrument_id: UUID
    amount: Annotated[int, Meta(ge=1, le=MOST_AMOUNT)]
    conversation_id: UUID | None = None
    case_id: UUID | None = None
    complaint_id: UUID | None = None
    scheme_id: UUID | None = None
    off_scheme_reason: Reason = ""
    reason_code: Annotated[str, Meta(max_length=60)] = ""
    words: Words = ""

    def about(self) -> actions.About:
        """Return what it is for."""
        return actions.About(
            conversation_id=self.conversation_id,
            case_id=self.case_id,
            complaint_id=self.complaint_id,
            scheme_id=self.scheme_id,
            off_scheme_reason=self.off_scheme_reason,
            reason_code=self.reason_code,
        )


class GrantSeen(Struct, forbid_unknown_fields=True):
    """Which version was looked at."""

    version: Version


class GrantRefused(Struct, forbid_unknown_fields=True):
    """What the customer said, and which version was looked at."""

    version: Version
    words: Words = ""


class GrantRevoked(Struct, forbid_unknown_fields=True):
    """Why it is taken back, and which version was looked at."""

    version: Version
    reason: Reason


class GrantTold(Struct, forbid_unknown_fields=True):
    """The plain words in which the customer is told."""

    words: Annotated[str, Meta(min_length=1, max_length=LONGEST_WORDS)]


@post("/grants", summary="Offer a compensation once", opt=money("compensation.grant"))
async def offer_grant(actor: Actor, tx: Transaction, data: OfferGiven) -> GrantView:
    """Offer a compensation; above the giver's authority it waits for approval."""
    view = await actions.offer(
        tx,
        customer_id=data.customer_id,
        instrument_id=data.instrument_id,
        amount=data.amount,
        once_key=data.once_key,
        by=actor,
        about=data.about(),
    )
    if data.words.strip() and view.state == "offered" and not view.told:
        await actions.tell(tx, grant_id=view.id, words=data.words.strip(), by=actor)
        return await queries.grant_view(tx, view.id, actor)
    return view


@get("/grants/{grant_id:uuid}", opt=needs("complaints.read"))
async def read_grant(actor: Actor, tx: Transaction, grant_id: UUID) -> GrantView:
    """Return a compensation."""
    return await queries.grant_view(tx, grant_id, actor)


@get("/grants/{grant_id:uuid}/file", opt=needs("compensation.read"))
async def read_grant_file(actor: Actor, tx: Transaction, grant_id: UUID) -> GrantFile:
    """Return a compensation whole: its line of the scheme, what happened, its books."""
    return await queries.grant_file(tx, grant_id, actor)


@get("/customers/{customer_id:uuid}/grants", opt=needs("complaints.read"))
async def list_customer_grants(actor: Actor, tx: Transaction, customer_id: UUID) -> list[GrantView]:
    """Return what a customer was offered and given."""
    await need_customer(tx, customer_id)
    return await queries.grants_of_customer(tx, customer_id, actor)


@get("/grants", opt=needs("compensation.read"))
async def list_grants(
    actor: Actor,
    tx: Transaction,
    in_state: Annotated[State | None, Parameter(query="state")] = None,
    brand_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[GrantView]:
    """Return compensations, the newest first."""
    return await queries.grants_page(
        tx, actor, state=in_state, brand_id=brand_id, cursor=cursor, limit=limit
    )


@post(
    "/grants/{grant_id:uuid}/messages",
    summary="Tell the customer of an offer",
    status_code=200,
    opt=money("compensation.grant"),
)
async def tell_grant(actor: Actor, tx: Transaction, grant_id: UUID, data: GrantTold) -> GrantView:
    """Offer it to the customer in the conversation; told twice, it is said once."""
    await actions.tell(tx, grant_id=grant_id, words=data.words, by=actor)
    return await queries.grant_view(tx, grant_id, actor)


@post(
    "/grants/{grant_id:uuid}/acceptances",
    summary="Grant what the customer accepted",
    status_code=200,
    opt=money("compensation.grant"),
)
async def accept_grant(actor: Actor, tx: Transaction, grant_id: UUID, data: GrantSeen) -> GrantView:
    """Grant what the customer accepted, once."""
    return await actions.accept(tx, grant_id=grant_id, by=actor, version=data.version)


@post(
    "/grants/{grant_id:uuid}/refusals",
    summary="Record that the customer does not want it",
    status_code=200,
    opt=needs("compensation.grant"),
)
async def refuse_grant(
    actor: Actor, tx: Transaction, grant_id: UUID, data: GrantRefused
) -> GrantView:
    """Record a refusal with the customer's words."""
    return await actions.refuse(
        tx, grant_id=grant_id, by=actor, words=data.words, version=data.version
    )


@post(
    "/grants/{grant_id:uuid}/withdrawals",
    summary="Take back an offer",
    status_code=200,
    opt=needs("compensation.grant"),
)
async def withdraw_grant(
    actor: Actor, tx: Transaction, grant_id: UUID, data: GrantSeen
) -> GrantView:
    """Take back an offer that nobody has accepted."""
    return await actions.withdraw(tx, grant_id=grant_id, by=actor, version=data.version)


@post(
    "/grants/{grant_id:uuid}/uses",
    summary="Record that it was used",
    status_code=200,
    opt=needs("compensation.grant"),
)
async def use_grant(actor: Actor, tx: Transaction, grant_id: UUID, data: GrantSeen) -> GrantView:
    """Record that what was granted was used."""
    return await actions.use(tx, grant_id=grant_id, by=actor, version=data.version)


@post(
    "/grants/{grant_id:uuid}/revocations",
    summary="Take back what was granted",
    status_code=200,
    opt=money("complaints.manage"),
)
async def revoke_grant(
    actor: Actor, tx: Transaction, grant_id: UUID, data: GrantRevoked
) -> GrantView:
    """Take back what was granted, with a reason."""
    return await actions.revoke(
        tx, grant_id=grant_id, by=actor, reason=data.reason, version=data.version
    )


@post(
    "/grants/{grant_id:uuid}/vouchers",
    summary="Ask for the voucher once more",
    status_code=200,
    opt=money("compensation.grant"),
)
async def resend_grant(actor: Actor, tx: Transaction, grant_id: UUID) -> GrantView:
    """Have the voucher asked for once more, under the same key."""
    await actions.resend_voucher(tx, grant_id=grant_id, by=actor)
    return await queries.grant_view(tx, grant_id, actor)


routes: list[Any] = [
    offer_grant,
    read_grant,
    read_grant_file,
    list_customer_grants,
    list_grants,
    tell_grant,
    accept_grant,
    refuse_grant,
    withdraw_grant,
    use_grant,
    revoke_grant,
    resend_grant,
]
