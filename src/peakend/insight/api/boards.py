"""Routes of insight: the wallboard, and what stands behind a measure."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from peakend.insight import queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.routing.queries import Rings

Seconds = Annotated[int, Meta(ge=1, le=86_400)]


class OverflowForm(Struct, forbid_unknown_fields=True, kw_only=True):
    """An overflow that is thought of: to which queue, after what time, above how many waiting."""

    overflow_queue_id: UUID
    relax_after_s: Seconds | None = None
    overflow_after_s: Seconds | None = None
    overflow_over: Annotated[int, Meta(ge=1, le=10_000)] | None = None


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


@get("/floor/waiting", opt=needs("insight.wallboard"))
async def waiting_now(tx: Transaction) -> list[queries.InLine]:
    """Return what waits, oldest first."""
    return await queries.in_line(tx)


@post("/queues/{queue_id:uuid}/overflow-previews", opt=needs("routing.manage"), status_code=200)
async def preview_overflow(
    tx: Transaction, queue_id: UUID, data: OverflowForm
) -> queries.OverflowPreview:
    """Return what an overflow would do now, and would have done in the last seven days."""
    rings = Rings(
        relax_after_s=data.relax_after_s,
        overflow_after_s=data.overflow_after_s,
        overflow_over=data.overflow_over,
        overflow_queue_id=data.overflow_queue_id,
    )
    return await queries.overflow_preview(tx, queue_id, rings)


routes = [wallboard, waiting_now, explain, preview_overflow]
