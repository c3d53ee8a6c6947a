"""What assist holds about persons: what was said beside a conversation, why signs were closed."""

from datetime import datetime
from uuid import UUID

from peakend.kernel.db import Transaction
from peakend.kernel.files import remove_files
from peakend.kernel.personal import Age, Held, goes_with_age, holds

_THREADS = """
FROM side_thread t
WHERE t.organisation_id = current_organisation() AND t.conversation_id = ANY($1)
"""
_NOTES = """
SELECT n.organisation_id, t.conversation_id, n.text, n.at
FROM side_note n
JOIN side_thread t ON t.organisation_id = n.organisation_id AND t.id = n.thread_id
WHERE n.organisation_id = current_organisation() AND t.conversation_id = ANY($1)
"""
_SIGNS = """
FROM watch_signal
WHERE organisation_id = current_organisation() AND conversation_id = ANY($1)
  AND dismissed_note IS NOT NULL
"""

# A file that went out lies with its message; here are those that wait or were never sent.
_ENCLOSED = """
SELECT coalesce(array_agg(coalesce(f ->> 'id', f #>> '{}')), '{}')
FROM reply_approval a, LATERAL jsonb_array_elements(a.files) f
WHERE a.organisation_id = current_organisation() AND a.conversation_id = ANY($1)
  AND jsonb_typeof(a.files) = 'array'
"""
_APPROVALS = """
FROM reply_approval
WHERE organisation_id = current_organisation() AND conversation_id = ANY($1)
"""


async def _drop_approvals(tx: Transaction, ids: list[UUID]) -> int:
    enclosed: list[str] = await tx.value(_ENCLOSED, ids)
    await remove_files(tx, [UUID(one) for one in enclosed])
    return await tx.run("DELETE " + _APPROVALS, ids)


holds(
    Held(table="reply_approval", of="beside", about="conversation", erase=_drop_approvals,
         find="SELECT organisation_id, text, mail, sent_text, why, asked_at " + _APPROVALS),
    # Its notes and seats go with the thread.
    Held(table="side_thread", of="beside", about="conversation", copied=False,
         erase="DELETE " + _THREADS, find="SELECT t.organisation_id, t.kind, t.at " + _THREADS),
    Held(table="side_note", of="beside", about="conversation", find=_NOTES),
    Held(table="side_seat", of="beside", about="conversation", copied=False),
    Held(table="watch_signal", of="reasons", about="conversation", empties=("dismissed_note",),
         stays=("kind", "dismissed_why"),
         erase="UPDATE watch_signal SET dismissed_note = NULL"
         " WHERE organisation_id = current_organisation() AND conversation_id = ANY($1)"
         " AND dismissed_note IS NOT NULL",
         find="SELECT organisation_id, dismissed_note " + _SIGNS),
)  # fmt: skip

_OLD = """
FROM side_thread
WHERE organisation_id = current_organisation() AND last_at < $1 AND NOT on_hold(conversation_id)
"""


async def _sweep_threads(tx: Transaction, before: datetime, limit: int) -> int:
    return await tx.run(
        "DELETE FROM side_thread WHERE organisation_id = current_organisation() AND id IN ("
        f"SELECT id {_OLD} LIMIT $2)",
        before,
        limit,
    )


goes_with_age(
    Age(of="beside", least_d=30, sweep=_sweep_threads,
        count="SELECT count(*) AS n, min(last_at) AS oldest" + _OLD),
)  # fmt: skip
