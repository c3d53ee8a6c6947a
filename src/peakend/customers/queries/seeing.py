"""What of a customer's own details somebody sees: his roles say it, and it is decided here only."""

from typing import cast
from uuid import UUID

import msgspec

from peakend.accounts.queries import Level
from peakend.customers.models import IdentityRow
from peakend.customers.queries.sealing import opened_identity
from peakend.customers.rules import Kind, seen_identity, seen_name
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.words import word

_REVEALED = """
SELECT EXISTS (
    SELECT FROM reveal WHERE organisation_id = current_organisation() AND customer_id = $1
      AND member_id = $2 AND field = 'email' AND until > $3
)
"""


class IdentityView(msgspec.Struct, frozen=True):
    """A way to recognise or reach a customer, as far as the reader's role sees it."""

    id: UUID
    kind: Kind
    value_masked: str
    verified: bool
    level: Level


def identity_view(actor: Actor, row: IdentityRow) -> IdentityView:
    """Return an identity as an actor sees it: the one place where it is opened to be shown."""
    level = level_of(actor, row.kind)
    value = seen_identity(row.kind, opened_identity(actor.organisation_id, row), level)
    return IdentityView(row.id, row.kind, value, row.verified, level)


def level_of(actor: Actor, field: str) -> Level:
    """Return how much an actor sees of a customer's detail: usually what a reason reveals."""
    usual = "whole" if field == "name" else "reveal"
    level = actor.level(field, usual)
    if level == "reveal" and not actor.may("customers.reveal"):
        return "masked"
    return cast("Level", level)


async def sees_addresses(tx: Transaction, customer_id: UUID) -> bool:
    """Say whether the actor sees a customer's mail address whole, for a reason given just now."""
    level = level_of(tx.actor, "email")
    if level != "reveal":
        return level == "whole"
    return bool(await tx.value(_REVEALED, customer_id, tx.actor.id, tx.now))


def address_seen(actor: Actor, email: str) -> str:
    """Return a mail address as an actor sees it without a reason."""
    return seen_identity("email", email, level_of(actor, "email"))


def masked_address(email: str) -> str:
    """Return a mail address as those see it who see a part."""
    return seen_identity("email", email, "masked")


def shown_name(actor: Actor, name: str, customer_id: UUID, language: str | None = None) -> str:
    """Return a customer's name as an actor sees it, in his language or the one given."""
    seen = seen_name(name, actor.level("name", "whole"))
    return display_name(seen, customer_id, language or actor.language)


def name_for(actor: Actor, name: str, customer_id: UUID) -> str:
    """Return what an actor sees of a name, or of the word for none, that others see whole."""
    if actor.level("name", "whole") == "whole":
        return name
    nameless = name == display_name("", customer_id, actor.language)
    return name if nameless else shown_name(actor, name, customer_id)


def name_to_say(actor: Actor, name: str, customer_id: UUID) -> str:
    """Return what an actor's words call a customer; empty where he gave no name or part is hidden.

    Nobody is greeted as "Visitor 8E65" or "王*".
    """
    if actor.level("name", "whole") != "whole":
        return ""
    return "" if name == display_name("", customer_id, actor.language) else name


def display_name(name: str, customer_id: UUID, language: str) -> str:
    """Return a customer's name, or a word for somebody who gave none."""
    return name or word("customers.visitor", language, code=customer_id.hex[-4:].upper())


def first_of_each_kind(views: list[IdentityView]) -> dict[str, str]:
    """Return the most trusted identity of each kind, masked."""
    found: dict[str, str] = {}
    for view in views:
        found.setdefault(view.kind, view.value_masked)
    return found
