"""Customers: adding, changing, what is known about them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.customers.events import (
    CustomerAdded,
    CustomerChanged,
    CustomerNoteAdded,
    IdentityAdded,
)
from peakend.customers.queries import Customer, current_customer, need_customer
from peakend.customers.queries.sealing import (
    blind_identity,
    opened_attributes,
    sealed_identity,
    stored_attribute,
)
from peakend.customers.rules import (
    ATTRIBUTES_KEPT,
    IDENTITIES_KEPT,
    Attribute,
    Privacy,
    clean_name,
    clean_text,
    folded,
    grams,
    is_key,
    normal,
    preferences_after,
    shown,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.words import LANGUAGES


class CustomerStale(Conflict):
    """Somebody else changed the customer in the meantime."""

    wording = "customers.stale"


class WrongIdentity(Invalid):
    """A phone number, mail address or login cannot be one."""

    wording = "customers.wrong_identity"


class IdentityTaken(Conflict):
    """A verified identity belongs to another customer."""

    wording = "customers.identity_taken"


class WrongAttributes(Invalid):
    """Attributes are too many, too long or wrongly named."""

    wording = "customers.wrong_attributes"


class WrongPreferences(Invalid):
    """Preferences are too many, too long or wrongly named."""

    wording = "customers.wrong_preferences"


class NoteEmpty(Invalid):
    """A note says nothing."""

    wording = "customers.note_empty"


class AttributeChange(msgspec.Struct, frozen=True, kw_only=True):
    """A new or changed attribute; without a value it goes."""

    key: str
    value: str | None
    label: str | None = None
    privacy: Privacy | None = None


async def add_customer(
    tx: Transaction,
    *,
    name: str = "",
    tier: str = "standard",
    language: str = "zh-CN",
    since: datetime | None = None,
    identities: Iterable[tuple[str, str, bool]] = (),
    attributes: Sequence[Attribute] = (),
    preferences: dict[str, Any] | None = None,
) -> UUID:
    """Add a customer; identities are (kind, value, verified).

    Errors: WrongIdentity, IdentityTaken, WrongAttributes, WrongPreferences.
    """
    customer_id = new_id()
    plain = clean_name(name)[:60]
    settled = preferences_after({}, preferences or {})
    if settled is None:
        raise WrongPreferences
    if len(attributes) > ATTRIBUTES_KEPT or not all(is_key(a.key) for a in attributes):
        raise WrongAttributes
    await tx.run(
        """
        INSERT INTO customer
            (id, name, folded, tier, language, since, attributes, preferences, known)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        customer_id,
        plain,
        folded(plain),
        tier,
        language if language in LANGUAGES else "zh-CN",
        since or tx.now,
        [stored_attribute(tx.organisation_id, customer_id, a) for a in attributes],
        settled,
        bool(plain),
    )
    await _add_grams(tx, customer_id, plain)
    await record(tx, CustomerAdded(customer_id=customer_id))
    for kind, value, verified in identities:
        await add_identity(tx, customer_id=customer_id, kind=kind, value=value, verified=verified)
    return customer_id


async def add_identity(
    tx: Transaction, *, customer_id: UUID, kind: str, value: str, verified: bool = False
) -> UUID | None:
    """Note a way to recognise or reach a customer; None where it is known or there are enough.

    Only a verified identity is anybody's own: unverified ones join nobody to nobody.
    Errors: WrongIdentity, IdentityTaken.
    """
    plain = normal(kind, value)
    if plain is None:
        raise WrongIdentity
    blind = blind_identity(tx.organisation_id, kind, plain)
    if verified:
        await _need_unowned(tx, customer_id, kind, blind)
    identity_id = new_id()
    written = await tx.value(
        """
        INSERT INTO identity AS i (id, customer_id, kind, value, blind, verified, created_at)
        SELECT $1, $2, $3, $4, $5, $6, $7
        WHERE $6 OR (SELECT count(*) FROM identity
                     WHERE organisation_id = current_organisation() AND customer_id = $2) < $8
        ON CONFLICT (organisation_id, customer_id, kind, blind)
            DO UPDATE SET verified = true
            WHERE excluded.verified AND NOT i.verified
        RETURNING id
        """,
        identity_id,
        customer_id,
        kind,
        sealed_identity(tx.organisation_id, identity_id, plain),
        blind,
        verified,
        tx.now,
        IDENTITIES_KEPT,
    )
    if written is None:
        return None
    await tx.run(
        """
        UPDATE customer SET known = true, verified = verified OR $2
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        customer_id,
        verified,
    )
    await record(
        tx,
        IdentityAdded(customer_id=customer_id, identity_id=written, kind=kind, verified=verified),
    )
    found: UUID = written
    return found


async def _need_unowned(tx: Transaction, customer_id: UUID, kind: str, blind: bytes) -> None:
    # Two visits of the same login at once: the second waits here and then finds the first.
    await lock_identity(tx, blind)
    owner = await tx.value(
        """
        SELECT customer_id FROM identity
        WHERE organisation_id = current_organisation() AND kind = $1 AND blind = $2 AND verified
        """,
        kind,
        blind,
    )
    if owner is not None and owner != customer_id:
        raise IdentityTaken


async def hold_identity(tx: Transaction, kind: str, value: str) -> None:
    """Let one transaction at a time decide who comes with an identity."""
    if (plain := normal(kind, value)) is not None:
        await lock_identity(tx, blind_identity(tx.organisation_id, kind, plain))


async def lock_identity(tx: Transaction, blind: bytes) -> None:
    """Let one transaction at a time decide whose a verified identity is."""
    await tx.value(
        "SELECT pg_advisory_xact_lock($1)", int.from_bytes(blind[:8], "big", signed=True)
    )


async def change_customer(
    tx: Transaction,
    *,
    customer_id: UUID,
    version: int,
    name: str | None = None,
    attributes: Sequence[AttributeChange] | None = None,
    preferences: dict[str, Any] | None = None,
) -> None:
    """Change what is known about a customer; what is None stays.

    Errors: CustomerNotFound, CustomerStale, WrongAttributes, WrongPreferences.
    """
    customer = await need_customer(tx, customer_id)
    customer_id = customer.id
    plain = clean_name(name)[:60] if name is not None else customer.name
    changed = attributes_after(tx.organisation_id, customer, attributes or ())
    settled = preferences_after(customer.preferences, preferences or {})
    if settled is None:
        raise WrongPreferences
    revision = await tx.value(
        """
        UPDATE customer
        SET name = $3, folded = $4, attributes = $5, preferences = $6, version = version + 1,
            known = known OR $3 <> ''
        WHERE organisation_id = current_organisation()
          AND id = $1
          AND version = $2
        RETURNING version
        """,
        customer_id,
        version,
        plain,
        folded(plain),
        [stored_attribute(tx.organisation_id, customer_id, a) for a in changed],
        settled,
    )
    if revision is None:
        raise CustomerStale
    if plain != customer.name:
        await index_name(tx, customer_id, plain)
    await record(tx, CustomerChanged(customer_id=customer_id, revision=revision))


def attributes_after(
    organisation_id: UUID, customer: Customer, changes: Iterable[AttributeChange]
) -> list[Attribute]:
    """Return attributes with changes laid over them. Errors: WrongAttributes.

    A value that comes back as it was shown, masked, is no change; and nobody makes a private
    attribute public by changing it.
    """
    after = {a.key: a for a in opened_attributes(organisation_id, customer)}
    for change in changes:
        if not is_key(change.key):
            raise WrongAttributes
        known = after.get(change.key)
        if change.value is None:
            after.pop(change.key, None)
            continue
        value = clean_text(change.value)
        label = clean_name(change.label or (known.label if known else change.key))
        if len(value) > 500 or len(label) > 60:
            raise WrongAttributes
        if known is None:
            after[change.key] = Attribute(change.key, label, value, change.privacy or "internal")
        else:
            same = value == shown(known)[0]
            after[change.key] = msgspec.structs.replace(
                known, label=label, value=known.value if same else value
            )
    if len(after) > ATTRIBUTES_KEPT:
        raise WrongAttributes
    return list(after.values())


async def set_preferences(tx: Transaction, *, customer_id: UUID, changes: dict[str, Any]) -> None:
    """Lay changes over a customer's own preferences, such as large type.

    Errors: CustomerNotFound, WrongPreferences.
    """
    customer_id = await current_customer(tx, customer_id)
    await tx.run("SELECT FROM customer WHERE organisation_id = current_organisation()"
                 " AND id = $1 FOR UPDATE", customer_id)  # fmt: skip
    customer = await need_customer(tx, customer_id)
    settled = preferences_after(customer.preferences, changes)
    if settled is None:
        raise WrongPreferences
    if settled == customer.preferences:
        return
    await tx.run(
        """
        UPDATE customer SET preferences = $2, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        customer_id,
        settled,
    )
    await record(tx, CustomerChanged(customer_id=customer_id, revision=customer.version + 1))


async def set_name(tx: Transaction, *, customer_id: UUID, name: str) -> None:
    """Give a customer who has none a name."""
    plain = clean_name(name)[:60]
    revision = await tx.value(
        """
        UPDATE customer SET name = $2, folded = $3, known = true, version = version + 1
        WHERE organisation_id = current_organisation()
          AND id = $1
          AND name = ''
          AND $2 <> ''
        RETURNING version
        """,
        customer_id,
        plain,
        folded(plain),
    )
    if revision is not None:
        await index_name(tx, customer_id, plain)
        await record(tx, CustomerChanged(customer_id=customer_id, revision=revision))


async def index_name(tx: Transaction, customer_id: UUID, name: str) -> None:
    """Let a customer be found by a name; by none with an empty one."""
    await tx.run("DELETE FROM customer_gram WHERE organisation_id = current_organisation()"
                 " AND customer_id = $1", customer_id)  # fmt: skip
    await _add_grams(tx, customer_id, name)


async def _add_grams(tx: Transaction, customer_id: UUID, name: str) -> None:
    found = sorted(grams(name))
    if found:
        await tx.run(
            "INSERT INTO customer_gram (gram, customer_id) SELECT unnest($2::text[]), $1::uuid",
            customer_id,
            found,
        )


async def add_note(tx: Transaction, *, customer_id: UUID, text: str) -> UUID:
    """Write a note about a customer. Errors: CustomerNotFound, NoteEmpty."""
    customer_id = (await need_customer(tx, customer_id)).id
    plain = clean_text(text)
    if not plain:
        raise NoteEmpty
    note_id = new_id()
    await tx.run(
        "INSERT INTO customer_note (id, customer_id, author_id, text, at)"
        " VALUES ($1, $2, $3, $4, $5)",
        note_id,
        customer_id,
        tx.actor.id if tx.actor.kind == "member" else None,
        plain,
        tx.now,
    )
    await record(tx, CustomerNoteAdded(customer_id=customer_id, note_id=note_id))
    return note_id
