"""Reading the links of outsiders: good for one step, until they expire or are taken back."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names
from peakend.cases.models import GUEST_COLUMNS, GuestRow
from peakend.cases.queries.access import case_row
from peakend.cases.queries.steps import (
    CheckLine,
    DepartmentLine,
    check_lines,
    customer_of,
    step_row,
)
from peakend.cases.rules.cases import shown_number
from peakend.cases.rules.steps import StepState
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.secrets import sign, verify

PURPOSE = "case guest"

_ONE = f"""
SELECT {GUEST_COLUMNS} FROM case_guest
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_OF_STEP = f"""
SELECT {GUEST_COLUMNS} FROM case_guest
WHERE organisation_id = current_organisation() AND step_id = $1
ORDER BY made_at DESC, id DESC LIMIT 50
"""  # noqa: S608 (names of columns only)
_OF_CASE = f"""
SELECT {GUEST_COLUMNS} FROM case_guest
WHERE organisation_id = current_organisation() AND case_id = $1
ORDER BY made_at DESC, id DESC LIMIT 500
"""  # noqa: S608 (names of columns only)
_OWN = """
SELECT words, at FROM case_entry
WHERE organisation_id = current_organisation() AND case_id = $1 AND by = $2 AND words <> ''
ORDER BY id DESC LIMIT 20
"""


class GuestNotFound(NotFound):
    """The link is not one of ours, or opens nothing any more."""

    wording = "cases.guest_not_found"


class GuestView(msgspec.Struct, frozen=True, kw_only=True):
    """A link as who sees to the case has it; `path` is None where it opens nothing any more."""

    id: UUID
    name: str
    company: str
    shows_customer: bool
    made_at: datetime
    made_by_name: str | None
    expires_at: datetime
    revoked_at: datetime | None
    opened_at: datetime | None
    used_at: datetime | None
    path: str | None


class GuestPage(msgspec.Struct, frozen=True, kw_only=True):
    """What an outsider sees: one step, and what he wrote himself."""

    guest_id: UUID
    case_number: str
    title: str
    words: str
    state: StepState
    checklist: list[CheckLine]
    due_at: datetime | None
    customer: str
    lines: list[DepartmentLine]


def guest_token(organisation_id: UUID, guest_id: UUID) -> str:
    """Return the token of a link: whose house, which link, and the signature."""
    raw = base64.urlsafe_b64encode(organisation_id.bytes + guest_id.bytes).decode().rstrip("=")
    return f"{raw}.{sign(PURPOSE, organisation_id, guest_id)}"


def guest_of_token(token: str) -> tuple[UUID, UUID]:
    """Return house and link of a token. Errors: GuestNotFound where it is not signed by us."""
    raw, dot, signature = token.partition(".")
    if not dot or len(token) > 120 or not token.isascii():
        raise GuestNotFound
    try:
        plain = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    except (binascii.Error, ValueError) as wrong:
        raise GuestNotFound from wrong
    if len(plain) != 32:
        raise GuestNotFound
    found = UUID(bytes=plain[:16]), UUID(bytes=plain[16:])
    if not verify(signature, PURPOSE, *found):
        raise GuestNotFound
    return found


async def need_guest(tx: Transaction, guest_id: UUID) -> GuestRow:
    """Return a link as it is stored. Errors: GuestNotFound."""
    found = await tx.one(GuestRow, _ONE, guest_id)
    if found is None:
        raise GuestNotFound
    return found


async def good_guest(tx: Transaction, guest_id: UUID) -> GuestRow:
    """Return a link that still opens something. Errors: GuestNotFound."""
    found = await need_guest(tx, guest_id)
    if not _good(found, tx.now):
        raise GuestNotFound
    return found


async def guests_of(tx: Transaction, step_id: UUID) -> list[GuestRow]:
    """Return the links to a step that are good, newest first."""
    return [row for row in await tx.all(GuestRow, _OF_STEP, step_id) if _good(row, tx.now)]


async def guest_views(tx: Transaction, step_id: UUID) -> list[GuestView]:
    """Return the links to a step, newest first. Counts: 50."""
    rows = await tx.all(GuestRow, _OF_STEP, step_id)
    names = await member_names(tx, [row.made_by for row in rows if row.made_by])
    return [
        GuestView(
            **{name: getattr(row, name) for name in (
                "id", "name", "company", "shows_customer", "made_at", "expires_at", "revoked_at",
                "opened_at", "used_at",
            )},
            made_by_name=names.get(row.made_by) if row.made_by else None,
            path=f"/g/{guest_token(tx.organisation_id, row.id)}" if _good(row, tx.now) else None,
        )
        for row in rows
    ]  # fmt: skip


async def guest_names(tx: Transaction, case_id: UUID) -> dict[UUID, str]:
    """Return what the outsiders of a case are called, by the id of their link."""
    rows = await tx.all(GuestRow, _OF_CASE, case_id)
    return {row.id: row.called for row in rows}


async def guest_page(tx: Transaction, guest: GuestRow, language: str) -> GuestPage:
    """Return what a good link shows. Errors: GuestNotFound."""
    step, case = await step_row(tx, guest.step_id), await case_row(tx, guest.case_id)
    if step is None or case is None or case.state == "closed":
        raise GuestNotFound
    own = await tx.all(DepartmentLine, _OWN, guest.case_id, guest.id)
    return GuestPage(
        guest_id=guest.id,
        case_number=shown_number(case.number),
        title=step.title(language),
        words=step.words(language),
        state=step.state,
        checklist=check_lines(step, language),
        due_at=step.due_at,
        customer=await customer_of(tx, case, language, whole=guest.shows_customer),
        lines=list(reversed(own)),
    )


def _good(row: GuestRow, now: datetime) -> bool:
    return row.revoked_at is None and now < row.expires_at
