"""What of a statement was put before whoever lets it pass, what holds, and where it was used."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.complaints.models import STATEMENT_VERSION_COLUMNS, StatementVersionRow
from peakend.complaints.rules.crises import MOST_VERSIONS, Outcome
from peakend.kernel.db import Transaction

MOST_USES = 500

_VERSIONS = f"""
SELECT {STATEMENT_VERSION_COLUMNS} FROM statement_version
WHERE organisation_id = current_organisation() AND statement_id = ANY($1::uuid[])
ORDER BY asked_at DESC, no DESC LIMIT $2
"""  # noqa: S608 (names of columns only)
_IN_FORCE = f"""
SELECT DISTINCT ON (statement_id) {STATEMENT_VERSION_COLUMNS} FROM statement_version
WHERE organisation_id = current_organisation() AND statement_id = ANY($1::uuid[])
  AND outcome = 'approved' AND withdrawn_at IS NULL
ORDER BY statement_id, no DESC LIMIT $2
"""  # noqa: S608 (names of columns only)
_USES = """
SELECT statement_id, no, place, at, by FROM statement_use
WHERE organisation_id = current_organisation() AND statement_id = ANY($1::uuid[])
ORDER BY at DESC, id DESC LIMIT $2
"""


class StatementVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as it was asked for once, and what was decided; newest first in a list."""

    no: int
    title: str
    words: str
    outcome: Outcome
    asked_by_name: str | None
    asked_at: datetime
    decided_by_name: str | None
    decided_at: datetime | None
    answer: str
    withdrawn_at: datetime | None


class Publication(msgspec.Struct, frozen=True):
    """Where which version was published, by whom."""

    no: int
    place: str
    at: datetime
    by_name: str | None


class StatementUse(msgspec.Struct, frozen=True):
    """A publication, or with no place that it was taken into a conversation."""

    statement_id: UUID
    no: int
    place: str
    at: datetime
    by: UUID | None


async def versions_of(tx: Transaction, ids: Sequence[UUID]) -> list[StatementVersionRow]:
    """Return what was asked for of statements, newest first. Counts: at most 200."""
    return await tx.all(StatementVersionRow, _VERSIONS, list(ids), MOST_VERSIONS)


async def versions_in_force(tx: Transaction, ids: Sequence[UUID]) -> list[StatementVersionRow]:
    """Return for each statement the newest approved version that still holds."""
    return await tx.all(StatementVersionRow, _IN_FORCE, list(ids), MOST_VERSIONS)


async def uses_of(tx: Transaction, ids: Sequence[UUID]) -> list[StatementUse]:
    """Return where statements were used, newest first. Counts: at most 500."""
    return await tx.all(StatementUse, _USES, list(ids), MOST_USES)


def people_of(versions: Iterable[StatementVersionRow], uses: Iterable[StatementUse]) -> list[UUID]:
    """Return who had a hand in versions and their use."""
    wanted = {who for one in versions for who in (one.asked_by, one.decided_by)}
    wanted |= {one.by for one in uses}
    return [one for one in wanted if one is not None]


def in_force(versions: Iterable[StatementVersionRow], statement_id: UUID) -> int | None:
    """Return the number of the version that holds."""
    return max(
        (
            one.no
            for one in versions
            if one.statement_id == statement_id
            and one.outcome == "approved"
            and one.withdrawn_at is None
        ),
        default=None,
    )


def named_versions(
    versions: Iterable[StatementVersionRow], statement_id: UUID, names: Mapping[UUID, str]
) -> list[StatementVersion]:
    """Return the versions of one statement with names."""
    return [
        StatementVersion(
            no=one.no, title=one.title, words=one.words, outcome=one.outcome,
            asked_by_name=names.get(one.asked_by) if one.asked_by else None,
            asked_at=one.asked_at,
            decided_by_name=names.get(one.decided_by) if one.decided_by else None,
            decided_at=one.decided_at, answer=one.answer, withdrawn_at=one.withdrawn_at,
        )
        for one in versions
        if one.statement_id == statement_id
    ]  # fmt: skip


def publications(
    uses: Iterable[StatementUse], statement_id: UUID, names: Mapping[UUID, str]
) -> list[Publication]:
    """Return where one statement was published."""
    return [
        Publication(one.no, one.place, one.at, names.get(one.by) if one.by else None)
        for one in uses
        if one.statement_id == statement_id and one.place
    ]
