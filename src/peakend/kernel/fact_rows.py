"""How facts and jobs are written: a few as rows, very many as arrays."""

from functools import cache

LIFTED = (
    "conversation_id", "leg_id", "case_id", "customer_id", "agent_id", "channel", "queue_id",
)  # fmt: skip

FACT_COLUMNS = (
    "id", "type", "version", "occurred_at", "subject", *LIFTED, "actor", "caused_by", "payload",
)  # fmt: skip
JOB_COLUMNS = ("id", "name", "fact_id", "run_at", "priority", "unique_key", "args", "alone")
MOST_FACTS, MOST_JOBS = 8, 24
# From so many on, facts go as arrays, a thousand at once: a portion of a table brings two thousand.
MANY_FACTS, MOST_AT_ONCE = 64, 1_000

_ABSORB = """
ON CONFLICT (organisation_id, name, unique_key)
    WHERE unique_key IS NOT NULL AND state = 'ready' AND attempt = 0
    DO UPDATE SET run_at = least(job.run_at, excluded.run_at)
"""


# Rows as plain parameters cost half of what arrays to unnest cost, on both sides of the wire.
@cache
def write_sql(facts: int, jobs: int) -> str:
    """Return the statement that writes so many facts and jobs."""
    event = _insert("event", FACT_COLUMNS, facts, 1)
    job = _insert("job", JOB_COLUMNS, jobs, 1 + facts * len(FACT_COLUMNS)) + _ABSORB
    if not jobs:
        return event
    return f"WITH e AS ({event}) {job}" if facts else job


def _insert(table: str, columns: tuple[str, ...], rows: int, first: int) -> str:
    width = len(columns)
    values = (
        ", ".join(f"${first + row * width + column}" for column in range(width))
        for row in range(rows)
    )
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 (names and numbers only)
        f"VALUES {', '.join(f'({row})' for row in values)}"
    )


CASTS = dict.fromkeys(LIFTED, "uuid") | {"channel": "text"}
_ARRAYS = CASTS | {
    "id": "uuid", "type": "text", "version": "smallint", "occurred_at": "timestamptz",
    "subject": "uuid", "actor": "text", "caused_by": "uuid", "payload": "jsonb",
}  # fmt: skip
WRITE_MANY = (
    f"INSERT INTO event ({', '.join(FACT_COLUMNS)}) SELECT * FROM unnest("  # noqa: S608 (names only)
    + ", ".join(f"${at}::{_ARRAYS[name]}[]" for at, name in enumerate(FACT_COLUMNS, 1))
    + ")"
)
