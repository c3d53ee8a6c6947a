"""What must hold after any end and restart; each statement counts what breaks it."""

import hashlib
from collections import Counter
from typing import Any

from peakend.kernel.files import path_of
from tests.crash import grants, mails

MESSAGE_FACTS = (
    "('MessageReceived', 'ReplySent', 'NoteAdded', 'DigitalReplySent', 'SystemMessageAdded')"
)
BREACHES = {
    "the numbering of messages has a gap": """
        SELECT count(*) FROM conversation c
        LEFT JOIN (SELECT conversation_id, count(*) AS n, min(seq) AS low, max(seq) AS high
                   FROM message GROUP BY 1) m ON m.conversation_id = c.id
        WHERE coalesce(n, 0) <> c.last_seq OR coalesce(high, 0) <> c.last_seq OR low <> 1""",
    "a message is doubled": """
        SELECT count(*) FROM (SELECT 1 FROM message WHERE client_id IS NOT NULL
                              GROUP BY client_id HAVING count(*) > 1) doubled""",
    "a message has not exactly one fact": f"""
        SELECT count(*) FROM message m
        FULL JOIN (SELECT (payload->>'message_id')::uuid AS id, count(*) AS n FROM event
                   WHERE type IN {MESSAGE_FACTS} GROUP BY 1) f ON f.id = m.id
        WHERE f.n IS DISTINCT FROM 1 OR m.id IS NULL""",
    "the numbering of conversations has a gap": """
        SELECT count(*) FROM (SELECT count(*) AS n, max(number) AS high FROM conversation) c
        LEFT JOIN conversation_number n ON n.kind = 'conversation'
        WHERE c.n <> coalesce(n.last, 0) OR coalesce(c.high, 0) <> c.n""",
    "a job failed, died or was left": """
        SELECT count(*) FROM job WHERE state <> 'ready' OR last_error IS NOT NULL
           OR run_at <= now() + interval '5 seconds'""",
    "a fact has not had its job done exactly once": """
        SELECT count(*) FROM event e
        LEFT JOIN (SELECT fact_id, count(*) AS n FROM crash_probe GROUP BY 1) p ON p.fact_id = e.id
        WHERE p.n IS DISTINCT FROM 1""",
    "a leg and its conversation disagree": """
        SELECT count(*) FROM conversation c
        LEFT JOIN work_item w ON w.conversation_id = c.id
             AND w.state IN ('waiting', 'offered', 'serving')
        WHERE CASE c.state
            WHEN 'serving' THEN (w.state = 'serving' AND w.agent_id = c.agent_id
                                 AND w.id = c.leg_id) IS NOT TRUE
            WHEN 'waiting' THEN (w.state IN ('waiting', 'offered')) IS NOT TRUE
            ELSE w.id IS NOT NULL END""",
    "a leg was offered in other ways than its facts say": """
        SELECT count(*) FROM work_item w
        WHERE w.offer <> (SELECT count(*) FROM event e
                          WHERE e.type = 'WorkOffered' AND e.leg_id = w.id)""",
    "a leg began or was answered otherwise than once": """
        SELECT count(*) FROM work_item w
        WHERE (SELECT count(*) FROM event e WHERE e.leg_id = w.id
               AND e.type IN ('WorkAnswered', 'WorkTaken'))
              <> (w.answered_at IS NOT NULL)::int
          AND w.transferred_from IS NULL""",
    "a survey is doubled, missing or asked too early": """
        SELECT count(*) FROM conversation c
        WHERE (SELECT count(*) FROM survey s WHERE s.conversation_id = c.id
               AND s.state <> 'withdrawn') <> (c.state = 'closed')::int""",
    "an open offer has no timer": """
        SELECT count(*) FROM work_item w WHERE w.state = 'offered' AND NOT EXISTS (
            SELECT 1 FROM job j WHERE j.name = 'routing.expire_offer'
              AND j.args->>'leg_id' = w.id::text AND (j.args->>'offer')::int = w.offer)""",
}


async def breaches(connection: Any, told: dict[str, Any], ahead_s: float) -> list[str]:
    """Return everything that is broken, in words."""
    found = []
    for words, statement in BREACHES.items():
        statement = statement.replace("interval '5 seconds'", f"interval '{ahead_s} seconds'")
        if count := await connection.fetchval(statement):
            left = f": {await _left(connection, ahead_s)}" if "a job" in words else ""
            found.append(f"{words} ({count}){left}")
    for step, answer in told.items():
        if "message" in answer and not await connection.fetchval(
            "SELECT count(*) = 1 FROM message WHERE id = $1::uuid AND seq = $2 "
            "AND client_id = $3::uuid",
            answer["message"], answer["seq"], answer["client_id"],
        ):  # fmt: skip
            found.append(f"an acknowledged message is lost: {step}")
        if "file" in answer and not await connection.fetchval(
            "SELECT count(*) FROM file WHERE id = $1::uuid", answer["file"]
        ):
            found.append("an acknowledged file is lost")
    found += await _bad_files(connection) + await mails.breaches(connection)
    return found + await grants.breaches(connection)


async def _left(connection: Any, ahead_s: float) -> str:
    """Return which jobs were left, and what they failed with."""
    rows = await connection.fetch(
        "SELECT name, state, attempt, last_error FROM job WHERE state <> 'ready' "
        f"OR last_error IS NOT NULL OR run_at <= now() + interval '{ahead_s} seconds'"
    )
    return "; ".join(" ".join(str(value) for value in row) for row in rows)


async def _bad_files(connection: Any) -> list[str]:
    found = []
    for row in await connection.fetch("SELECT sha256, thumb_sha256 FROM file"):
        for sha256 in filter(None, row):
            path = path_of(sha256)
            if not path.exists():
                found.append("a file has no bytes")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                found.append("a file has other bytes")
    return found


async def outcome(connection: Any) -> dict[str, Any]:
    """Return what the timeline says in the end: the same with and without a crash."""
    rows = await connection.fetch("SELECT kind, coalesce(code, '') AS code FROM message")
    states = await connection.fetch("SELECT state FROM conversation ORDER BY number")
    lines = Counter(f"{row['kind']}:{row['code']}" for row in rows)
    return {"messages": dict(sorted(lines.items())), "states": [row["state"] for row in states]}
