"""Routes of insight: the wallboard, and what stands behind a measure."""

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from peakend.insight import queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs


@get("/wallboard", opt=needs("insight.wallboard"))
async def wallboard(tx: Transaction) -> queries.Wallboard:
    """Return the floor now and today."""
    return await queries.wallboard(tx)


@get("/metrics/{key:str}/explanation", opt=needs("insight.wallboard"))
async def explain(
    tx: Transaction, actor: Actor, key: Annotated[str, Parameter(max_length=60)]
) -> queries.Explanation:
    """Return definition, formula, source facts and last values of a measure."""
    return await queries.explanation(tx, key, actor.language)


routes = [wallboard, explain]
