"""Route of what compensation does."""

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from peakend.insight import queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs


@get(
    "/compensation/effects",
    summary="What came after compensation, against a hold-out where there is one",
    opt=needs("compensation.read"),
)
async def compensation_effects(
    tx: Transaction, actor: Actor, days: Annotated[int, Parameter(ge=7, le=365)] = 90
) -> list[queries.SchemeEffect]:
    """Return what came after, by version of the scheme and by line."""
    return await queries.scheme_effects(tx, actor, days=days)


routes = [compensation_effects]
