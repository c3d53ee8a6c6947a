"""Reading progress pages: the link of a case, and what its customer is shown."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import brand_look, member_names, organisation
from peakend.cases.models import CaseRow
from peakend.cases.models.progress import LINK_COLUMNS, ProgressLinkRow
from peakend.cases.models.promises import PromiseRow
from peakend.cases.queries.access import case_row, need_case
from peakend.cases.queries.promises import promise_rows_of_case
from peakend.cases.rules.cases import shown_number
from peakend.cases.rules.progress import (
    MOST_PICTURES,
    Stage,
    link_state,
    link_token,
    parts_of_token,
    reached,
    stage,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, NotFound
from peakend.kernel.files import files
from peakend.kernel.secrets import sign, verify
from peakend.kernel.settings import settings

PURPOSE = "progress"
MOST_LINES = 30

_ONE = f"""
SELECT {LINK_COLUMNS} FROM progress_link l
WHERE l.organisation_id = current_organisation() AND l.id = $1
"""  # noqa: S608 (names of columns only)
_NEWEST = f"""
SELECT {LINK_COLUMNS} FROM progress_link l
WHERE l.organisation_id = current_organisation() AND l.case_id = $1
  AND l.revoked_at IS NULL AND l.expires_at > $2
ORDER BY l.made_at DESC, l.id DESC LIMIT 1
"""  # noqa: S608 (names of columns only)
_LINES = """
SELECT kind, words, files, by_kind, at FROM case_entry
WHERE organisation_id = current_organisation() AND case_id = $1 AND visible = 'customer'
ORDER BY id DESC LIMIT $2
"""


class LinkNotFound(NotFound):
    """The link is not one of ours."""

    wording = "cases.progress_not_found"


class LinkOver(Conflict):
    """The link was revoked, or its time is over."""

    wording = "cases.progress_over"


class ProgressLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link as people of the house see it."""

    id: UUID
    token: str
    path: str
    expires_at: datetime
    made_at: datetime
    sent_at: datetime | None


class ShownLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of what was done, as the customer reads it."""

    by_customer: bool
    words: str
    pictures: list[str]
    at: datetime


class ShownPromise(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer was promised."""

    words: str
    due_at: datetime
    state: str


class ProgressShown(msgspec.Struct, frozen=True, kw_only=True):
    """A case as its customer sees it: no word of it is for the staff alone."""

    number: str
    brand: str
    colour: str
    logo: str | None
    stage: Stage
    reached: int
    closed: bool
    opened_at: datetime
    who: str | None
    until: datetime | None
    late: bool
    promises: list[ShownPromise]
    lines: list[ShownLine]
    urges: int
    last_urged_at: datetime | None
    pictures_left: int
    time_zone: str


class _Line(msgspec.Struct, frozen=True):
    kind: str
    words: str
    files: list[dict[str, Any]]
    by_kind: str
    at: datetime


def token_of(organisation_id: UUID, link_id: UUID) -> str:
    """Return the token of a link."""
    return link_token(organisation_id, link_id, sign(PURPOSE, organisation_id, link_id))


def link_of_token(token: str) -> tuple[UUID, UUID]:
    """Return organisation and link of a token. Errors: LinkNotFound when it is not signed."""
    parts = parts_of_token(token)
    if parts is None or not verify(parts[2], PURPOSE, parts[0], parts[1]):
        raise LinkNotFound
    return parts[0], parts[1]


def link_url(token: str, home: str | None) -> str:
    """Return the whole address of a page: at the brand's own host, where it has one."""
    base = f"https://{home}" if home else settings.public_url
    return f"{base}/p/{token}"


async def need_link(
    tx: Transaction, link_id: UUID, *, lock: bool = False
) -> tuple[ProgressLinkRow, CaseRow]:
    """Return a link that still holds, with its case. Errors: LinkNotFound, LinkOver."""
    row = await tx.one(ProgressLinkRow, f"{_ONE} FOR NO KEY UPDATE" if lock else _ONE, link_id)
    case = await case_row(tx, row.case_id) if row is not None else None
    if row is None or case is None:
        raise LinkNotFound
    stands = link_state(
        revoked=row.revoked_at is not None, expires_at=row.expires_at,
        closed_at=case.closed_at, now=tx.now,
    )  # fmt: skip
    if stands != "good":
        raise LinkOver
    return row, case


async def standing_link(tx: Transaction, case_id: UUID) -> ProgressLink | None:
    """Return the newest link of a case that holds, whoever asks."""
    row = await tx.one(ProgressLinkRow, _NEWEST, case_id, tx.now)
    if row is None:
        return None
    token = token_of(tx.organisation_id, row.id)
    return ProgressLink(
        id=row.id, token=token, path=f"/p/{token}", expires_at=row.expires_at,
        made_at=row.made_at, sent_at=row.sent_at,
    )  # fmt: skip


async def link_of_case(tx: Transaction, case_id: UUID, actor: Actor) -> ProgressLink | None:
    """Return the link of a case that holds; None where there is none. Errors: CaseNotFound."""
    await need_case(tx, case_id, actor)
    return await standing_link(tx, case_id)


async def progress_of(tx: Transaction, case: CaseRow, link: ProgressLinkRow) -> ProgressShown:
    """Return what the customer of a case is shown."""
    house = await organisation(tx)
    look = await brand_look(tx, case.brand_id) if case.brand_id else None
    names = await member_names(tx, [case.owner_id] if case.owner_id else [])
    promises = [
        one
        for one in await promise_rows_of_case(tx, case.id)
        if one.state in ("open", "broken") and one.settled_at is None
    ]
    until = _until(case, promises)
    return ProgressShown(
        number=shown_number(case.number),
        brand=look.name if look else house.name,
        colour=look.colour if look else "",
        logo=look.logo_url if look else None,
        stage=stage(case.state),
        reached=reached(case.state),
        closed=case.state == "closed",
        opened_at=case.opened_at,
        who=names.get(case.owner_id) if case.owner_id else None,
        until=until,
        late=until is not None and tx.now >= until,
        promises=[
            ShownPromise(words=one.words, due_at=one.due_at, state=one.state) for one in promises
        ],
        lines=await _lines(tx, case.id),
        urges=case.urges,
        last_urged_at=case.last_urged_at,
        pictures_left=max(0, MOST_PICTURES - link.pictures),
        time_zone=house.time_zone,
    )


def _until(case: CaseRow, promises: list[PromiseRow]) -> datetime | None:
    """Return by when something happens next: what was promised, else when the case is due."""
    if case.state not in ("open", "working"):
        return None
    return min((one.due_at for one in promises if one.state == "open"), default=case.due_at)


async def _lines(tx: Transaction, case_id: UUID) -> list[ShownLine]:
    rows = await tx.all(_Line, _LINES, case_id, MOST_LINES)
    ids = [UUID(file["id"]) for row in rows for file in row.files if file["kind"] == "image"]
    known = await files(tx, ids)
    return [
        ShownLine(
            by_customer=row.kind == "customer",
            words=row.words,
            pictures=[
                known[UUID(file["id"])].thumb_url or known[UUID(file["id"])].url
                for file in row.files
                if UUID(file["id"]) in known and known[UUID(file["id"])].url
            ],
            at=row.at,
        )
        for row in rows
    ]
