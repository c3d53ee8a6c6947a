"""Two customers who are one: joined by a person, with a choice for each field, and taken back.

Nothing is copied and nothing thrown away: rows move to the survivor, and the merge remembers which.
What the survivor looked like is kept as stored, so what is private stays sealed.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.customers.actions.customers import CustomerStale, WrongAttributes, index_name
from peakend.customers.actions.moving import move, move_back
from peakend.customers.events import (
    CustomerChanged,
    CustomersMerged,
    CustomersParted,
    CustomersToldApart,
)
from peakend.customers.models import MergeRow
from peakend.customers.queries import Customer, CustomerNotFound, need_customer
from peakend.customers.queries.sealing import opened_stored, stored_attribute
from peakend.customers.rules import (
    ATTRIBUTES_KEPT,
    MERGE_UNDO,
    PREFERENCES_KEPT,
    Attribute,
    chosen,
    folded,
    reverted,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_LOCK_VISITORS = """
    SELECT FROM visitor
    WHERE organisation_id = current_organisation() AND customer_id = ANY($1::uuid[])
    ORDER BY id FOR UPDATE
"""
_LOCK = """
    SELECT id, name, tier, language, since, attributes, preferences, known, verified,
           merged_into_id, version
    FROM customer
    WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])
    ORDER BY id FOR UPDATE
"""
_WRITE = """
    UPDATE customer c
    SET name = $2, folded = $3, tier = $4, language = $5, since = $6, attributes = $7,
        preferences = $8, version = version + 1,
        known = $9 OR $2 <> '' OR EXISTS (
            SELECT FROM identity i
            WHERE i.organisation_id = c.organisation_id AND i.customer_id = c.id),
        verified = EXISTS (
            SELECT FROM identity i
            WHERE i.organisation_id = c.organisation_id AND i.customer_id = c.id AND i.verified)
    WHERE c.organisation_id = current_organisation() AND c.id = $1
    RETURNING version
"""


class SameCustomer(Invalid):
    """Nobody is merged into himself."""

    wording = "customers.same_customer"


class AlreadyMerged(Conflict):
    """One of the two is part of another customer by now."""

    wording = "customers.already_merged"


class MergeNotFound(NotFound):
    """There is no such merge here."""

    wording = "customers.merge_not_found"


class MergeTooOld(Conflict):
    """The time in which a merge may be taken back is over."""

    wording = "customers.merge_too_old"


class MergedFurther(Conflict):
    """The customer was merged into another one since then; that merge is taken back first."""

    wording = "customers.merged_further"


class Merged(msgspec.Struct, frozen=True):
    """A merge, and until when it may be taken back."""

    id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    until: datetime


async def merge_customers(
    tx: Transaction,
    *,
    survivor_id: UUID,
    absorbed_id: UUID,
    version: int,
    absorbed_version: int,
    take: Collection[str] = (),
) -> Merged:
    """Let one customer go on as another; `take` names what holds of the one that ends.

    `take`: name, tier, language, attribute:<key>, preference:<key>. What only one of them knows is
    kept in any case. Errors: CustomerNotFound, SameCustomer, AlreadyMerged, CustomerStale,
    WrongAttributes.
    """
    if survivor_id == absorbed_id:
        raise SameCustomer
    mine, theirs = await _both(tx, survivor_id, absorbed_id)
    if mine.merged_into_id or theirs.merged_into_id:
        raise AlreadyMerged
    if (mine.version, theirs.version) != (version, absorbed_version):
        raise CustomerStale
    after = _together(tx.organisation_id, mine, theirs, take)
    merged = Merged(new_id(), survivor_id, absorbed_id, tx.now + MERGE_UNDO)
    moved = await move(tx, absorbed_id, survivor_id)
    await _write(tx, mine, after)
    await tx.run(
        """
        UPDATE customer
        SET merged_into_id = $2, known = known AND id <> $1,
            version = version + CASE WHEN id = $1 THEN 1 ELSE 0 END
        WHERE organisation_id = current_organisation() AND (id = $1 OR merged_into_id = $1)
        """,
        absorbed_id,
        survivor_id,
    )
    await index_name(tx, absorbed_id, "")
    await tx.run(
        """
        INSERT INTO customer_merge
            (id, survivor_id, absorbed_id, by_id, at, until, moved, before, after)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        merged.id,
        survivor_id,
        absorbed_id,
        tx.actor.id if tx.actor.kind == "member" else None,
        tx.now,
        merged.until,
        moved,
        msgspec.to_builtins(_shape(mine)) | {"absorbed_known": theirs.known},
        msgspec.to_builtins(after),
    )
    revision = mine.version + 1
    fact = {"customer_id": survivor_id, "absorbed_id": absorbed_id, "merge_id": merged.id}
    await record(tx, CustomersMerged(**fact, revision=revision))
    await record(tx, CustomerChanged(customer_id=survivor_id, revision=revision))
    detail = {"merge_id": merged.id, "absorbed_id": absorbed_id}
    await audit(tx, "customer.merged", "customer", survivor_id, detail)
    return merged


async def part_customers(tx: Transaction, *, merge_id: UUID) -> Merged | None:
    """Take a merge back: what moved goes back, and what was edited since then stays.

    None where that was done before. Errors: MergeNotFound, MergeTooOld, MergedFurther.
    """
    row = await need_merge(tx, merge_id)
    mine, theirs = await _both(tx, row.survivor_id, row.absorbed_id)
    row = await need_merge(tx, merge_id)
    if row.undone_at is not None:
        return None
    if tx.now > row.until:
        raise MergeTooOld
    if mine.merged_into_id is not None:
        raise MergedFurther
    await move_back(tx, row)
    await tx.run(
        """
        UPDATE customer c
        SET merged_into_id = CASE WHEN c.id <> $1 THEN $1 END,
            known = CASE WHEN c.id = $1 THEN $3 ELSE c.known END,
            version = c.version + CASE WHEN c.id = $1 THEN 1 ELSE 0 END,
            verified = CASE WHEN c.id <> $1 THEN c.verified ELSE EXISTS (
                SELECT FROM identity i
                WHERE i.organisation_id = c.organisation_id AND i.customer_id = $1 AND i.verified)
            END
        WHERE c.organisation_id = current_organisation()
          AND (c.id = $1 OR (c.merged_into_id = $2 AND c.id = ANY($4::uuid[])))
        """,
        row.absorbed_id,
        row.survivor_id,
        row.before["absorbed_known"],
        await _absorbed_before(tx, row.absorbed_id),
    )
    await index_name(tx, row.absorbed_id, theirs.name)
    await _write(tx, mine, _reverted(tx.organisation_id, mine, row))
    await tx.run(
        "UPDATE customer_merge SET undone_at = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        merge_id,
        tx.now,
    )
    revision = mine.version + 1
    fact = {"customer_id": mine.id, "absorbed_id": theirs.id, "merge_id": merge_id}
    await record(tx, CustomersParted(**fact, revision=revision))
    for customer_id, version in ((mine.id, revision), (theirs.id, theirs.version + 1)):
        await record(tx, CustomerChanged(customer_id=customer_id, revision=version))
    detail = {"merge_id": merge_id, "absorbed_id": theirs.id}
    await audit(tx, "customer.parted", "customer", mine.id, detail)
    return Merged(merge_id, mine.id, theirs.id, row.until)


async def tell_apart(tx: Transaction, *, customer_id: UUID, other_id: UUID) -> None:
    """Remember that two customers are two. Errors: CustomerNotFound, SameCustomer."""
    one, other = await need_customer(tx, customer_id), await need_customer(tx, other_id)
    if one.id == other.id:
        raise SameCustomer
    first, second = sorted((one.id, other.id))
    written = await tx.run(
        """
        INSERT INTO customer_apart (one_id, other_id, by_id, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        first,
        second,
        tx.actor.id if tx.actor.kind == "member" else None,
        tx.now,
    )
    if written:
        await record(tx, CustomersToldApart(customer_id=one.id, other_id=other.id))


async def need_merge(tx: Transaction, merge_id: UUID) -> MergeRow:
    """Return a merge. Errors: MergeNotFound."""
    found = await tx.one(
        MergeRow,
        """
        SELECT id, survivor_id, absorbed_id, by_id, at, until, undone_at, moved, before, after
        FROM customer_merge
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        merge_id,
    )
    if found is None:
        raise MergeNotFound
    return found


async def _both(tx: Transaction, survivor_id: UUID, absorbed_id: UUID) -> tuple[Customer, Customer]:
    """Return two locked customers. Visitors first, as whoever says who he is locks them."""
    ids = [survivor_id, absorbed_id]
    await tx.run(_LOCK_VISITORS, ids)
    found = {one.id: one for one in await tx.all(Customer, _LOCK, ids)}
    if len(found) < 2:
        raise CustomerNotFound
    return found[survivor_id], found[absorbed_id]


class _Shape(msgspec.Struct, frozen=True):
    name: str
    tier: str
    language: str
    since: datetime
    known: bool
    attributes: list[dict[str, Any]]
    preferences: dict[str, Any]


def _shape(one: Customer) -> _Shape:
    return _Shape(
        one.name, one.tier, one.language, one.since, one.known, one.attributes, one.preferences
    )


def _together(
    organisation_id: UUID, mine: Customer, theirs: Customer, take: Collection[str]
) -> _Shape:
    """Return the survivor with the choices made. Errors: WrongAttributes."""
    wanted = {kind: {k.partition(":")[2] for k in take if k.startswith(f"{kind}:")}
              for kind in ("attribute", "preference")}  # fmt: skip
    attributes = chosen(
        _opened(organisation_id, mine.id, mine.attributes),
        _opened(organisation_id, theirs.id, theirs.attributes),
        wanted["attribute"],
    )
    preferences = chosen(mine.preferences, theirs.preferences, wanted["preference"])
    if len(attributes) > ATTRIBUTES_KEPT or len(preferences) > PREFERENCES_KEPT:
        raise WrongAttributes
    return _Shape(
        name=theirs.name if theirs.name and ("name" in take or not mine.name) else mine.name,
        tier=theirs.tier if "tier" in take else mine.tier,
        language=theirs.language if "language" in take else mine.language,
        since=min(mine.since, theirs.since),
        known=mine.known or theirs.known,
        attributes=[stored_attribute(organisation_id, mine.id, a) for a in attributes.values()],
        preferences=preferences,
    )


def _reverted(organisation_id: UUID, now: Customer, row: MergeRow) -> _Shape:
    before = msgspec.convert(row.before, _Shape)
    after = msgspec.convert(row.after, _Shape)
    attributes = reverted(
        *(_opened(organisation_id, now.id, one.attributes) for one in (before, after, now))
    )
    plain = ("name", "tier", "language", "since")
    scalars = reverted(*({k: getattr(one, k) for k in plain} for one in (before, after, now)))
    return _Shape(
        **scalars,
        known=before.known,
        attributes=[stored_attribute(organisation_id, now.id, a) for a in attributes.values()],
        preferences=reverted(before.preferences, after.preferences, now.preferences),
    )


def _opened(
    organisation_id: UUID, customer_id: UUID, stored: list[dict[str, Any]]
) -> dict[str, Attribute]:
    return {a.key: a for a in opened_stored(organisation_id, customer_id, stored)}


async def _write(tx: Transaction, was: Customer, now: _Shape) -> None:
    await tx.run(
        _WRITE,
        was.id,
        now.name,
        folded(now.name),
        now.tier,
        now.language,
        now.since,
        now.attributes,
        now.preferences,
        now.known,
    )
    if now.name != was.name:
        await index_name(tx, was.id, now.name)


async def _absorbed_before(tx: Transaction, customer_id: UUID) -> list[UUID]:
    """Return who had been merged into a customer, at once or by way of others."""
    found: list[UUID] = await tx.value(
        """
        WITH RECURSIVE part (id) AS (
            SELECT absorbed_id FROM customer_merge
            WHERE organisation_id = current_organisation()
              AND survivor_id = $1 AND undone_at IS NULL
            UNION
            SELECT m.absorbed_id FROM customer_merge m JOIN part ON m.survivor_id = part.id
            WHERE m.organisation_id = current_organisation() AND m.undone_at IS NULL
        )
        SELECT coalesce(array_agg(id), '{}') FROM part
        """,
        customer_id,
    )
    return found
