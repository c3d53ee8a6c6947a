"""The audit log: read, filtered, exported."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get
from litestar.params import Parameter
from litestar.response import Stream

from peakend.accounts import actions, queries
from peakend.accounts.queries import AuditEntry, AuditFilter
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs

Cursor = Annotated[str | None, Parameter(max_length=200)]
By = Annotated[UUID | None, Parameter(query="actor")]
About = Annotated[UUID | None, Parameter(query="subject")]
Action = Annotated[str | None, Parameter(max_length=60)]
# A file that a page of another site must not be able to read or embed.
_AS_FILE = {
    "Content-Disposition": 'attachment; filename="audit.csv"',
    "Cache-Control": "no-store",
}


@get("/audit", opt=needs("audit.read"))
async def read_audit(
    tx: Transaction,
    cursor: Cursor = None,
    actor_id: By = None,
    action: Action = None,
    subject_id: About = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[AuditEntry]:
    """Return a page of the audit log, newest first; `until` itself is not included."""
    wanted = AuditFilter(actor_id, action, subject_id, since, until)
    return await queries.audit_page(tx, wanted=wanted, cursor=cursor)


@get("/audit/export", media_type="text/csv", opt=needs("audit.read"))
async def export_audit(
    request: Request[Any, Any, Any],
    database: Database,
    actor: Actor,
    actor_id: By = None,
    action: Action = None,
    subject_id: About = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Stream:
    """Return the wanted lines of the audit log as CSV; the export is a line of it too."""
    wanted = AuditFilter(actor_id, action, subject_id, since, until)
    rows = await actions.export_audit(database, actor, wanted)
    return Stream(rows, media_type="text/csv; charset=utf-8", headers=_AS_FILE)


routes: list[Any] = [read_audit, export_audit]
