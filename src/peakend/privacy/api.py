"""Routes of privacy: erasures and their reports, holds, how long what is kept."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.response import Stream
from msgspec import Meta, Struct

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import needs
from peakend.kernel.personal import Category
from peakend.privacy import actions, queries
from peakend.privacy.actions import ErasureAsked, RetentionAsked
from peakend.privacy.models import Erasure, Hold, Run
from peakend.privacy.queries import Amount, CategoryView, ErasurePreview, Package, WaitingErasures
from peakend.privacy.rules import Ground, HoldCode, Identity, Subject

_AS_FILE = {
    "Content-Disposition": 'attachment; filename="erasure.html"',
    "Cache-Control": "no-store",
}
_AS_ZIP = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class NewErasure(Struct, forbid_unknown_fields=True):
    """Whose data is to go, how it was made sure who asks, and why."""

    customer_id: UUID
    identity: Identity
    ground: Ground


class NewPackage(Struct, forbid_unknown_fields=True):
    """Whose data is asked for, and how it was made sure who asks."""

    customer_id: UUID
    identity: Identity


class NewHold(Struct, forbid_unknown_fields=True):
    """What is to be kept for the sake of the law."""

    subject: Subject
    subject_id: UUID
    code: HoldCode


class RetentionForm(Struct, forbid_unknown_fields=True):
    """A time for one kind of data. Units: days; null keeps it for good."""

    category: Category
    days: Annotated[int, Meta(ge=1, le=3650)] | None
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class AmountAsked(Struct, forbid_unknown_fields=True):
    """A time that somebody thinks of. Units: days."""

    category: Category
    days: Annotated[int, Meta(ge=1, le=3650)]


@get("/privacy/customers/{customer_id:uuid}/erasure", opt=needs("privacy.manage"))
async def preview_erasure(tx: Transaction, customer_id: UUID) -> ErasurePreview:
    """Return what an erasure would remove, and what stands in its way."""
    return await queries.preview(tx, customer_id)


@get("/privacy/erasures", opt=needs("privacy.manage"))
async def list_erasures(tx: Transaction) -> list[Erasure]:
    """Return the newest erasures."""
    return await queries.erasures(tx)


@get("/privacy/erasures/waiting", opt=needs("privacy.manage"))
async def list_waiting(tx: Transaction) -> WaitingErasures:
    """Return who was brought back by a restore and is not erased once more yet, and why."""
    return await queries.waiting_erasures(tx)


@post("/privacy/erasures", opt=needs("privacy.manage"))
async def erase(tx: Transaction, data: NewErasure) -> Erasure:
    """Begin to remove everything about a person; it may need a second person."""
    asked = ErasureAsked(data.customer_id, data.identity, data.ground)
    return await actions.erase_customer(tx, asked)


@get("/privacy/erasures/{erasure_id:uuid}", opt=needs("privacy.manage"))
async def read_erasure(tx: Transaction, erasure_id: UUID) -> Erasure:
    """Return an erasure and how far it is."""
    return await queries.need_erasure(tx, erasure_id)


@get(
    "/privacy/erasures/{erasure_id:uuid}/report",
    media_type="text/html",
    opt=needs("privacy.manage"),
)
async def erasure_report(tx: Transaction, erasure_id: UUID) -> Response[str]:
    """Return the report of an erasure as a file in both languages."""
    page = actions.report(await queries.need_erasure(tx, erasure_id))
    return Response(page, media_type="text/html; charset=utf-8", headers=_AS_FILE)


@get("/privacy/packages", opt=needs("privacy.manage"))
async def list_packages(tx: Transaction) -> list[Package]:
    """Return what was put together for persons and can be fetched, or is on its way."""
    return await queries.packages(tx)


@post("/privacy/packages", opt=needs("privacy.manage"))
async def ask_package(tx: Transaction, data: NewPackage) -> Package:
    """Begin to put together everything that is held about a person."""
    row = await actions.ask_package(tx, customer_id=data.customer_id, identity=data.identity)
    return queries.view(row)


@get(
    "/privacy/packages/{package_id:uuid}/file",
    media_type="application/zip",
    opt=needs("privacy.manage"),
)
async def package_file(package_id: UUID, actor: Actor, database: Database) -> Stream:
    """Return a package: a page to read, everything as JSON, and the person's files."""
    name, parts = await actions.fetched(database, package_id, actor)
    return Stream(
        parts,
        media_type="application/zip",
        headers=_AS_ZIP | {"Content-Disposition": f'attachment; filename="{name}"'},
    )


@get("/privacy/holds", opt=needs("privacy.manage"))
async def list_holds(tx: Transaction) -> list[Hold]:
    """Return the holds that stand."""
    return await queries.holds(tx)


@post("/privacy/holds", opt=needs("privacy.manage"))
async def place_hold(tx: Transaction, data: NewHold) -> Hold:
    """Keep everything of a customer or a conversation until the hold is lifted."""
    hold_id = await actions.place_hold(
        tx, subject=data.subject, subject_id=data.subject_id, code=data.code
    )
    return await queries.need_hold(tx, hold_id)


@delete("/privacy/holds/{hold_id:uuid}", opt=needs("privacy.manage"))
async def lift_hold(tx: Transaction, hold_id: UUID) -> None:
    """Let go what was held back."""
    await actions.lift_hold(tx, hold_id=hold_id)


@get("/privacy/retention", opt=needs("privacy.manage"))
async def list_retention(tx: Transaction) -> list[CategoryView]:
    """Return every kind of data and how long it is kept."""
    return await queries.categories(tx)


@put("/privacy/retention", opt=needs("privacy.manage"))
async def set_retention(tx: Transaction, data: RetentionForm) -> list[CategoryView]:
    """Set how long one kind of data is kept; a shorter time may need a second person."""
    await actions.set_retention(tx, RetentionAsked(data.category, data.days, data.version))
    return await queries.categories(tx)


@post("/privacy/retention/amounts", status_code=200, opt=needs("privacy.manage"))
async def retention_amount(tx: Transaction, data: AmountAsked) -> Amount:
    """Return how much would go tonight and within thirty days, if that time held."""
    return await queries.amount(tx, data.category, data.days)


@get("/privacy/retention/runs", opt=needs("privacy.manage"))
async def list_runs(tx: Transaction) -> list[Run]:
    """Return what the newest nightly rounds removed."""
    return await queries.runs(tx)


routes: list[Any] = [
    preview_erasure, list_erasures, list_waiting, erase, read_erasure, erasure_report,
    list_packages, ask_package, package_file, list_holds, place_hold,
    lift_hold, list_retention, set_retention, retention_amount, list_runs,
]  # fmt: skip
