"""Reading the urges of a case."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names
from peakend.cases.models.urges import URGE_COLUMNS, UrgeRow
from peakend.cases.queries.access import need_case
from peakend.cases.rules.urges import UrgedBy, urge_in
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

MOST = 50


class UrgeView(msgspec.Struct, frozen=True, kw_only=True):
    """Who asked for speed and how; `rule` and `said` say why words were taken for an urge."""

    id: UUID
    by: UrgedBy
    name: str | None
    channel: str
    words: str
    rule: str | None
    said: str
    counted: bool
    times: int
    at: datetime


async def urges_of(tx: Transaction, case_id: UUID, actor: Actor) -> list[UrgeView]:
    """Return the urges of a case, the newest first. Counts: 50. Errors: CaseNotFound."""
    await need_case(tx, case_id, actor)
    rows = await tx.all(
        UrgeRow,
        f"SELECT {URGE_COLUMNS} FROM urge u"  # noqa: S608 (names of columns only)
        " WHERE u.organisation_id = current_organisation() AND u.case_id = $1"
        " ORDER BY u.at DESC, u.id DESC LIMIT $2",
        case_id,
        MOST,
    )
    names = await member_names(tx, {row.member_id for row in rows if row.member_id})
    return [
        UrgeView(
            id=row.id, by=row.by, name=names.get(row.member_id) if row.member_id else None,
            channel=row.channel, words=row.words, rule=row.rule, said=row.said,
            counted=row.counted, times=row.times, at=row.at,
        )
        for row in rows
    ]  # fmt: skip


def asks_for_speed(text: str) -> bool:
    """Say whether a customer's words ask for speed."""
    return urge_in(text) is not None
