"""Visits: a browser comes, looks around, and perhaps its host page says who it is."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import msgspec

from peakend.customers.actions.customers import (
    add_customer,
    add_identity,
    lock_identity,
    set_name,
)
from peakend.customers.events import CustomerIdentified, PageSeen, VisitStarted
from peakend.customers.queries import (
    Claim,
    customer_by_identity,
    forget_visitor,
    need_customer,
    need_visitor,
)
from peakend.customers.queries.sealing import blind_identity
from peakend.customers.queries.visits import digest_of, visitor_by_token
from peakend.customers.rules import PAGES_KEPT, clean_name, normal, page_url
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import token as new_token
from peakend.kernel.words import LANGUAGES

VISITOR_LIFE = timedelta(days=180)


class Visit(msgspec.Struct, frozen=True):
    """A visit that began or goes on."""

    token: str
    visitor_id: UUID
    customer_id: UUID


class Identified(msgspec.Struct, frozen=True):
    """Who the visitor is from now on.

    `joined` says that the former, anonymous customer was the same person: what it wrote is this
    customer's. Otherwise the former customer is somebody else and its conversations stay its own.
    """

    customer_id: UUID
    former_customer_id: UUID | None = None
    joined: bool = False


async def start_visit(
    tx: Transaction, *, channel_id: UUID, language: str, token: str | None = None
) -> Visit:
    """Go on with the visit of a token, or begin one with a new token and a nameless customer."""
    known = await visitor_by_token(tx, token, channel_id) if token else None
    if known is not None and token:
        await tx.run(
            "UPDATE visitor SET last_seen_at = $2, language = $3"
            " WHERE organisation_id = current_organisation() AND id = $1",
            known.id,
            tx.now,
            language if language in LANGUAGES else known.language,
        )
        forget_visitor(known.id)
        return Visit(token, known.id, known.customer_id)
    customer_id = await add_customer(tx, language=language)
    visit = Visit(new_token(), new_id(), customer_id)
    await tx.run(
        """
        INSERT INTO visitor
            (id, customer_id, channel_id, token_hash, language, created_at, last_seen_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6)
        """,
        visit.visitor_id,
        customer_id,
        channel_id,
        digest_of(visit.token),
        language if language in LANGUAGES else "zh-CN",
        tx.now,
    )
    await record(
        tx,
        VisitStarted(visitor_id=visit.visitor_id, customer_id=customer_id, channel_id=channel_id),
    )
    return visit


async def identify(tx: Transaction, *, visitor_id: UUID, claim: Claim) -> Identified:
    """Take note of who a visitor says to be; only a verified login leads to a known customer.

    Mail and phone never join anybody, whoever signed them: the host may not have checked them.
    Source: security.md B17, B19.
    """
    visitor = await need_visitor(tx, visitor_id, lock=True)
    current = await need_customer(tx, visitor.customer_id)
    if not claim.verified or not claim.id:
        if not current.verified:
            await _note_claim(tx, current.id, claim)
        return Identified(current.id)
    login = normal("login", claim.id)
    if login is None:
        return Identified(current.id)
    await _note_proof(tx, visitor_id)
    await lock_identity(tx, blind_identity(tx.organisation_id, "login", login))
    owner = await customer_by_identity(tx, "login", login)
    if owner == current.id:
        await _note_claim(tx, current.id, claim)
        return Identified(current.id)
    if owner is None and not current.verified:
        target = current.id
    else:
        target = owner or await add_customer(tx, language=visitor.language)
    if owner is None:
        await add_identity(tx, customer_id=target, kind="login", value=login, verified=True)
    await _note_claim(tx, target, claim)
    if target == current.id:
        await _tell(tx, visitor_id, Identified(target))
        return Identified(target)
    identified = Identified(target, current.id, joined=not current.verified)
    await _move(tx, visitor_id, identified)
    await _tell(tx, visitor_id, identified)
    return identified


async def prove_mailbox(
    tx: Transaction, *, visitor_id: UUID, customer_id: UUID, email: str
) -> Identified:
    """Let a visitor be the customer whose mailbox he showed to be his. Errors: IdentityTaken."""
    visitor = await need_visitor(tx, visitor_id, lock=True)
    current = await need_customer(tx, visitor.customer_id)
    await add_identity(tx, customer_id=customer_id, kind="email", value=email, verified=True)
    await _note_proof(tx, visitor_id)
    if current.id == customer_id:
        return Identified(customer_id)
    identified = Identified(customer_id, current.id, joined=not current.verified)
    await _move(tx, visitor_id, identified)
    await _tell(tx, visitor_id, identified)
    return identified


async def _note_proof(tx: Transaction, visitor_id: UUID) -> None:
    await tx.run(
        "UPDATE visitor SET proven = true"
        " WHERE organisation_id = current_organisation() AND id = $1 AND NOT proven",
        visitor_id,
    )


async def _tell(tx: Transaction, visitor_id: UUID, identified: Identified) -> None:
    forget_visitor(visitor_id)
    await record(
        tx,
        CustomerIdentified(
            customer_id=identified.customer_id,
            visitor_id=visitor_id,
            former_customer_id=identified.former_customer_id,
            joined=identified.joined,
        ),
    )


async def _note_claim(tx: Transaction, customer_id: UUID, claim: Claim) -> None:
    """Keep name, mail and phone as what they are: said, not proved."""
    if claim.name:
        await set_name(tx, customer_id=customer_id, name=claim.name)
    for kind, value in (("email", claim.email), ("phone", claim.phone)):
        if value and normal(kind, value):
            await add_identity(tx, customer_id=customer_id, kind=kind, value=value)


async def _move(tx: Transaction, visitor_id: UUID, identified: Identified) -> None:
    """Let a visitor be another customer, and bring along what it did while it was anonymous."""
    await tx.run(
        "UPDATE visitor SET customer_id = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        visitor_id,
        identified.customer_id,
    )
    if identified.joined:
        await tx.run(
            """
            UPDATE page_view SET customer_id = $2
            WHERE organisation_id = current_organisation()
              AND customer_id = $1
              AND visitor_id = $3
            """,
            identified.former_customer_id,
            identified.customer_id,
            visitor_id,
        )
        # The nameless customer stays for the records that point to it, but in no list.
        await tx.run(
            """
            UPDATE customer SET known = false
            WHERE organisation_id = current_organisation() AND id = $1
            """,
            identified.former_customer_id,
        )


async def record_page(tx: Transaction, *, visitor_id: UUID, url: str, title: str) -> bool:
    """Add a page to a visitor's trail, and say whether it was one. Counts: the last 50 are kept."""
    address = page_url(url)
    if address is None:
        return False
    visitor = await need_visitor(tx, visitor_id)
    newest = await tx.value(
        """
        SELECT url FROM page_view
        WHERE organisation_id = current_organisation()
          AND customer_id = $1
        ORDER BY at DESC, id DESC
        LIMIT 1
        """,
        visitor.customer_id,
    )
    if newest == address:
        return True
    await tx.run(
        """
        INSERT INTO page_view (id, customer_id, visitor_id, url, title, at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        new_id(),
        visitor.customer_id,
        visitor_id,
        address,
        clean_name(title)[:200],
        tx.now,
    )
    await tx.run(
        """
        DELETE FROM page_view
        WHERE organisation_id = current_organisation()
          AND customer_id = $1
          AND id IN (
              SELECT id FROM page_view
              WHERE organisation_id = current_organisation()
                AND customer_id = $1
              ORDER BY at DESC, id DESC
              OFFSET $2
          )
        """,
        visitor.customer_id,
        PAGES_KEPT,
    )
    await record(tx, PageSeen(visitor_id=visitor_id, customer_id=visitor.customer_id))
    return True


async def sweep_visitors(tx: Transaction) -> int:
    """Forget browsers that did not come back for half a year; their customers stay."""
    return await tx.run(
        "DELETE FROM visitor WHERE organisation_id = current_organisation() AND last_seen_at < $1",
        tx.now - VISITOR_LIFE,
    )


async def see_visitors(tx: Transaction, visitor_ids: Collection[UUID]) -> None:
    """Note that visitors are there now; a sign of life is no change of state and leaves no fact."""
    await tx.run(
        """
        UPDATE visitor SET last_seen_at = $2
        WHERE organisation_id = current_organisation()
          AND id = ANY($1)
          AND last_seen_at < $2
        """,
        list(visitor_ids),
        tx.now,
    )
