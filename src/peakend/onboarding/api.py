"""Routes of onboarding: the checklist of a new house, and its sample."""

from typing import Any

from litestar import delete, get, post, put
from msgspec import Struct

from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.onboarding import actions, queries
from peakend.onboarding.queries import Checklist, Sample


class ChecklistForm(Struct, forbid_unknown_fields=True):
    """Whether the checklist is put away."""

    away: bool


@get("/checklist", opt=needs("settings.manage"))
async def read_checklist(tx: Transaction, actor: Actor) -> Checklist:
    """Return what a new house has settled and what not yet, worked out from what is there."""
    return await queries.checklist(tx, actor)


@put("/checklist", opt=needs("settings.manage"))
async def put_checklist_away(tx: Transaction, actor: Actor, data: ChecklistForm) -> Checklist:
    """Put the checklist away, or take it out again."""
    await actions.put_away(tx, away=data.away)
    return await queries.checklist(tx, actor)


@get("/sample", opt=needs("settings.manage"))
async def read_sample(tx: Transaction) -> Sample:
    """Return the sample that is in, and what of it would stay if it was taken away."""
    return await queries.sample(tx)


@post("/sample", opt=needs("settings.manage"))
async def add_sample(tx: Transaction, actor: Actor) -> Sample:
    """Put in sample data; where there is some already, nothing more."""
    await actions.add_sample(tx, by=actor)
    return await queries.sample(tx)


@delete("/sample", status_code=200, opt=needs("settings.manage"))
async def remove_sample(tx: Transaction, actor: Actor) -> Sample:
    """Take the sample away and return what stayed because people had changed it."""
    return await actions.remove_sample(tx, by=actor)


routes: list[Any] = [
    read_checklist, put_checklist_away, read_sample, add_sample, remove_sample,
]  # fmt: skip
