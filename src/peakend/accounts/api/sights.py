"""Routes of what each role sees of a customer's details."""

from typing import Annotated, Any

from litestar import get, put
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.rules.sights import DetailField, Level
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

RoleKey = Annotated[str, Meta(min_length=1, max_length=40)]


class SightsText(Struct, forbid_unknown_fields=True):
    """How much each role sees; what is left out is usual."""

    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    rules: Annotated[dict[RoleKey, dict[DetailField, Level]], Meta(max_length=120)]


@get("/field-sights", opt=needs("settings.manage"))
async def read_sights(tx: Transaction) -> queries.FieldSightsView:
    """Return how much of a customer's details each role sees."""
    return await queries.field_sights_view(tx)


@put("/field-sights", opt=needs("settings.manage"))
async def set_sights(tx: Transaction, data: SightsText) -> queries.FieldSightsView:
    """Say how much of a customer's details each role sees; it holds within two seconds."""
    await actions.set_field_sights(tx, rules=data.rules, version=data.version)
    return await queries.field_sights_view(tx)


routes: list[Any] = [read_sights, set_sights]
