"""Links and panels: which there are, and the signed address of one for a customer."""

import secrets
from uuid import UUID

import msgspec

from peakend.customers.queries import need_customer, shown_name
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.secrets import unseal
from peakend.profiles.models.links import LINK_COLUMNS, ContextLink, LinkSecrets
from peakend.profiles.queries.companies import belongings
from peakend.profiles.queries.fields import Owner, conversation_owner, customer_owner, fields_of
from peakend.profiles.queries.fields import values as values_of
from peakend.profiles.rules.links import LinkKind, LinkOf, origin, signed_url

_LINKS = f"""
SELECT {LINK_COLUMNS} FROM context_link WHERE organisation_id = current_organisation()
"""  # noqa: S608 (names of columns only)


class LinkNotFound(NotFound):
    """There is no such link or panel here."""

    wording = "profiles.link_not_found"


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A link or panel as the desk shows it; the address is made when it is opened."""

    id: UUID
    kind: LinkKind
    name_zh: str
    name_en: str
    height: int


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What an address is made for; of a conversation only what the reader may see."""

    customer_id: UUID
    conversation_id: UUID | None = None
    number: int | None = None
    channel: str = ""


async def links(tx: Transaction) -> list[ContextLink]:
    """Return every link and panel in its order. Counts: at most 200."""
    return await tx.all(ContextLink, f"{_LINKS} ORDER BY position, id LIMIT 200")


async def links_beside(tx: Transaction, of: LinkOf) -> list[LinkView]:
    """Return what is offered beside customers or conversations."""
    found = await tx.all(
        ContextLink,
        f"{_LINKS} AND of = $1 AND archived_at IS NULL ORDER BY position, id LIMIT 20",
        of,
    )
    return [
        LinkView(
            id=one.id, kind=one.kind, name_zh=one.name_zh, name_en=one.name_en, height=one.height
        )
        for one in found
    ]


async def need_link(tx: Transaction, link_id: UUID) -> ContextLink:
    """Return a link or panel. Errors: LinkNotFound."""
    found = await tx.one(ContextLink, f"{_LINKS} AND id = $1", link_id)
    if found is None:
        raise LinkNotFound
    return found


def framed(link: ContextLink) -> str:
    """Return the only origin that may stand in a panel."""
    return origin(link.url)


def secret_place(organisation_id: UUID, link_id: UUID) -> str:
    """Return the place that a sealed secret is bound to."""
    return f"{organisation_id}/context_link/secret/{link_id}"


async def address(tx: Transaction, link: ContextLink, about: About) -> str:
    """Return the signed address of a link, for five minutes.

    Errors: LinkNotFound, CustomerNotFound.
    """
    if link.archived_at is not None or (link.of == "conversation" and not about.conversation_id):
        raise LinkNotFound
    kept = await tx.one(
        LinkSecrets,
        "SELECT secret, old_secret, old_until FROM context_link"
        " WHERE organisation_id = current_organisation() AND id = $1",
        link.id,
    )
    if kept is None:
        raise LinkNotFound
    sealed = [kept.secret]
    if kept.old_secret is not None and kept.old_until is not None and tx.now < kept.old_until:
        sealed.append(kept.old_secret)
    place = secret_place(tx.organisation_id, link.id)
    return signed_url(
        link.url,
        await _carried(tx, link, about),
        secrets=[unseal(one, place).decode() for one in sealed],
        nonce=secrets.token_urlsafe(16),
        now=tx.now,
    )


async def _carried(tx: Transaction, link: ContextLink, about: About) -> dict[str, str]:
    """Return the values that a link asks for; what is not there or private is left out."""
    customer = await need_customer(tx, about.customer_id)
    known = {
        "customer_id": str(customer.id),
        "customer_name": shown_name(tx.actor, customer.name, customer.id),
        "customer_tier": customer.tier,
        "customer_language": customer.language,
        "conversation_id": str(about.conversation_id or ""),
        "conversation_number": str(about.number or ""),
        "channel": about.channel,
        "member_id": str(tx.actor.id or ""),
        "desk_language": tx.actor.language,
    }
    if "company_id" in link.variables:
        companies = await belongings(tx, customer.id)
        known["company_id"] = str(companies[0].company_id) if companies else ""
    if any(one.startswith("customer_field.") for one in link.variables):
        known |= await _fields(tx, await customer_owner(tx, customer.id))
    if about.conversation_id and any(o.startswith("conversation_field.") for o in link.variables):
        known |= await _fields(tx, conversation_owner(about.conversation_id))
    return {name: known[name] for name in link.variables if known.get(name)}


async def _fields(tx: Transaction, owner: Owner) -> dict[str, str]:
    keys = {one.id: one.key for one in await fields_of(tx, owner.of)}
    return {
        f"{owner.of}_field.{keys[one.field_id]}": str(one.value).lower()
        if isinstance(one.value, bool)
        else str(one.value)
        for one in await values_of(tx, owner)
        if not one.masked
    }
