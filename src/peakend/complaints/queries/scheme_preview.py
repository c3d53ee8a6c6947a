"""What a version of a scheme would have given in the last 30 days."""

from datetime import timedelta
from uuid import UUID

import msgspec

from peakend.complaints.queries.schemes import lines_of, need_table, published_of
from peakend.complaints.rules.scheme_preview import PastMatter, SchemeTally, would_grant
from peakend.complaints.rules.schemes import USUAL_SEVERITY, Known, path
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

PREVIEWED = timedelta(days=30)
MOST_MATTERS = 50_000

# A house's own table holds for every brand that has none.
_OF_SCOPE = """
    CASE WHEN $1::uuid IS NOT NULL THEN {row}.brand_id = $1
         ELSE NOT EXISTS (SELECT FROM scheme_table own
             WHERE own.organisation_id = current_organisation() AND own.state = 'published'
               AND own.brand_id = {row}.brand_id) END
"""
_KEPT = "('granted', 'used', 'expired')"
_COMPLAINTS = f"""
SELECT c.liability, c.severity, c.reason_id,
       coalesce((SELECT sum(g.cost_fen) FROM compensation_grant g
           WHERE g.organisation_id = current_organisation() AND g.case_id = c.case_id
             AND NOT g.automatic AND g.state IN {_KEPT}), 0)::bigint AS given_fen
FROM complaint c
WHERE c.organisation_id = current_organisation() AND c.filed_at >= $2
  AND {_OF_SCOPE.format(row="c")}
ORDER BY c.filed_at DESC LIMIT $3
"""  # noqa: S608 (names of columns only)
# Who gave by the scheme without a complaint said what the line says.
_WITHOUT = f"""
SELECT s.liability, coalesce(s.severity, {USUAL_SEVERITY})::int AS severity, s.reason_id,
       CASE WHEN g.state IN {_KEPT} THEN g.cost_fen ELSE 0 END AS given_fen
FROM compensation_grant g
JOIN scheme s ON s.organisation_id = current_organisation() AND s.id = g.scheme_id
WHERE g.organisation_id = current_organisation() AND g.made_at >= $2 AND NOT g.automatic
  AND {_OF_SCOPE.format(row="g")}
  AND NOT EXISTS (SELECT FROM complaint c WHERE c.organisation_id = current_organisation()
      AND (c.id = g.complaint_id OR c.case_id = g.case_id))
ORDER BY g.made_at DESC LIMIT $3
"""  # noqa: S608


class _Past(msgspec.Struct, frozen=True):
    liability: Known
    severity: int
    reason_id: UUID | None
    given_fen: int


async def would_have_granted(tx: Transaction, table_id: UUID, actor: Actor) -> SchemeTally:
    """Return what a version would have given for the matters of the last 30 days.

    Counts: the latest 50,000 complaints, and as many grants by a scheme without a complaint.
    Errors: SchemeTableNotFound.
    """
    table = await need_table(tx, table_id, actor)
    holding = await published_of(tx, table.brand_id)
    since = tx.now - PREVIEWED
    rows = [
        one
        for sql in (_COMPLAINTS, _WITHOUT)
        for one in await tx.all(_Past, sql, table.brand_id, since, MOST_MATTERS)
    ]
    parents = {node.id: node.parent_id for node in (await conversations.reason_tree(tx)).nodes}
    paths = {one.reason_id: path(parents, one.reason_id) for one in rows}
    return would_grant(
        await lines_of(tx, table.id),
        await lines_of(tx, holding.id) if holding else [],
        [
            PastMatter(
                liability=one.liability,
                severity=one.severity,
                path=paths[one.reason_id],
                given_fen=one.given_fen,
            )
            for one in rows
        ],
    )
