"""What is kept sealed of a customer; opened here only, to mask, to compare, to reveal."""

import base64
from typing import Any
from uuid import UUID

from peakend.customers.models import Customer, IdentityRow
from peakend.customers.rules import Attribute
from peakend.kernel.secrets import blind, seal, unseal


def identity_place(organisation_id: UUID, identity_id: UUID) -> str:
    """Return the place that a sealed identity is bound to."""
    return f"{organisation_id}/identity/value/{identity_id}"


def attribute_place(organisation_id: UUID, customer_id: UUID, key: str) -> str:
    """Return the place that a sealed attribute is bound to."""
    return f"{organisation_id}/customer/attributes/{customer_id}/{key}"


def sealed_identity(organisation_id: UUID, identity_id: UUID, value: str) -> bytes:
    """Return an identity as it is stored; it opens only in its own row."""
    return seal(value.encode(), identity_place(organisation_id, identity_id))


def opened_identity(organisation_id: UUID, row: IdentityRow) -> str:
    """Return the identity that a row holds."""
    return unseal(row.value, identity_place(organisation_id, row.id)).decode()


def blind_identity(organisation_id: UUID, kind: str, value: str) -> bytes:
    """Return what equal identities of one organisation are found by."""
    return blind("identity", f"{organisation_id}/{kind}/{value}")


def stored_attribute(
    organisation_id: UUID, customer_id: UUID, attribute: Attribute
) -> dict[str, Any]:
    """Return an attribute as it is stored: private values sealed."""
    stored = {"key": attribute.key, "label": attribute.label, "privacy": attribute.privacy}
    if attribute.privacy in ("public", "internal"):
        return stored | {"value": attribute.value}
    aad = attribute_place(organisation_id, customer_id, attribute.key)
    return stored | {"sealed": base64.b64encode(seal(attribute.value.encode(), aad)).decode()}


def opened_attributes(organisation_id: UUID, customer: Customer) -> list[Attribute]:
    """Return a customer's attributes with their values."""
    return opened_stored(organisation_id, customer.id, customer.attributes)


def opened_stored(
    organisation_id: UUID, customer_id: UUID, attributes: list[dict[str, Any]]
) -> list[Attribute]:
    """Return attributes that were stored for a customer with their values."""
    found = []
    for stored in attributes:
        value = stored.get("value")
        if value is None:
            aad = attribute_place(organisation_id, customer_id, stored["key"])
            value = unseal(base64.b64decode(stored["sealed"]), aad).decode()
        found.append(Attribute(stored["key"], stored["label"], value, stored["privacy"]))
    return found
