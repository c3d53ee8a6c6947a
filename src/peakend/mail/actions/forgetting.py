"""What mail holds about persons: mails to customers in the outbox and mails that came.

Of what came a row stays without words: its digest keeps a folder that is numbered anew from
bringing back who was erased.
"""

import asyncio
import contextlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.files import path_of, remove_files
from peakend.kernel.personal import Age, Held, goes_with_age, holds
from peakend.kernel.secrets import unseal
from peakend.mail.models import Content
from peakend.mail.queries import place_of
from peakend.mail.rules import KEPT_FAILED, RAW_KEPT_DAYS

# So much of each mail as it came, in bytes; what it says comes first.
GIVEN_OUT = 100_000
_OF = "WHERE organisation_id = current_organisation() AND customer_id = ANY($1)"
# What waits is never too old: it is sent, or given up after two days.
_OLD = (
    "FROM mail WHERE organisation_id = current_organisation() AND customer_id IS NOT NULL"
    " AND done_at < $1 AND state IN ('sent', 'failed', 'bounced') AND NOT on_hold(customer_id)"
)


_OF_CONTENT = (
    "SELECT c.received_id FROM received_content c JOIN received_mail m"
    " ON m.organisation_id = c.organisation_id AND m.id = c.received_id"
    " WHERE m.organisation_id = current_organisation() AND m.customer_id = ANY($1)"
)


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    kind: str
    to_email: str
    to_name: str
    language: str
    created_at: datetime
    state: str
    content_sealed: bytes | None


async def _found(tx: Transaction, ids: list[UUID]) -> list[dict[str, Any]]:
    """Return the mails to customers, with their words while those are kept."""
    rows = await tx.all(
        _Row,
        "SELECT id, kind, to_email, to_name, language, created_at, state, content_sealed"
        f" FROM mail {_OF} ORDER BY id",
        ids,
    )
    found = []
    for row in rows:
        told: dict[str, Any] = msgspec.to_builtins(row)
        del told["content_sealed"]
        if row.content_sealed is not None:
            opened = unseal(row.content_sealed, place_of(tx, row.id))
            content = msgspec.json.decode(opened, type=Content)
            told |= {"subject": content.subject, "text": content.text}
        found.append(told)
    return found


async def _sweep(tx: Transaction, before: datetime, limit: int) -> int:
    return await tx.run(
        "DELETE FROM mail WHERE organisation_id = current_organisation() AND id IN ("
        f"SELECT id {_OLD} LIMIT $2)",
        before,
        limit,
    )


_CAME = f"{_OF} AND (file_id IS NOT NULL OR from_email <> '' OR message_id <> '')"
_CAME_TOO = _CAME.replace("organisation_id", "received_mail.organisation_id", 1)
# What a conversation knows stays as long as that: only the bytes as they came are too many.
_CAME_OLD = (
    "FROM received_mail WHERE organisation_id = current_organisation() AND received_at < $1"
    " AND file_id IS NOT NULL AND (customer_id IS NULL OR NOT on_hold(customer_id))"
)


_FILES = """
SELECT coalesce(array_agg(file_id), '{}') FROM (
    SELECT file_id FROM received_mail
    WHERE organisation_id = current_organisation() AND id = ANY($1) AND file_id IS NOT NULL
    UNION ALL
    SELECT (one ->> 'file_id')::uuid FROM received_content,
        LATERAL jsonb_array_elements(attachments) one
    WHERE organisation_id = current_organisation() AND received_id = ANY($1) AND $2
) files
"""


async def _drop_contents(tx: Transaction, ids: list[UUID]) -> int:
    """Remove what mails said, with all bytes of theirs."""
    await remove_files(tx, await tx.value(_FILES, ids, True))
    return await tx.run(
        "DELETE FROM received_content"
        " WHERE organisation_id = current_organisation() AND received_id = ANY($1)",
        ids,
    )


async def forget_received(tx: Transaction, *, ids: list[UUID]) -> int:
    """Empty received mails, and remove their bytes and what they said; their digests stay."""
    await _drop_contents(tx, ids)
    return await tx.run(
        "UPDATE received_mail SET file_id = NULL, message_id = '', from_email = '',"
        " from_name = '', subject = ''"
        " WHERE organisation_id = current_organisation() AND id = ANY($1)",
        ids,
    )


_OLDEST = f"SELECT id {_CAME_OLD} AND customer_id IS %s LIMIT $2"


async def _drop_raw(tx: Transaction, ids: list[UUID]) -> int:
    await remove_files(tx, await tx.value(_FILES, ids, False))
    return await tx.run(
        "UPDATE received_mail SET file_id = NULL"
        " WHERE organisation_id = current_organisation() AND id = ANY($1)",
        ids,
    )


class _Came(msgspec.Struct, frozen=True):
    message_id: str
    from_email: str
    from_name: str
    subject: str
    received_at: datetime
    to_line: str
    cc_line: str
    text: str | None
    sha256: str | None


def _begin_of(sha256: str) -> str:
    with contextlib.suppress(OSError), path_of(sha256).open("rb") as opened:
        return opened.read(GIVEN_OUT).decode("utf-8", "replace")
    return ""


async def _find_received(tx: Transaction, ids: list[UUID]) -> list[dict[str, Any]]:
    """Return the mails that customers wrote; one that could not be read, as far as it came."""
    sql = f"""
        SELECT message_id, from_email, from_name, subject, received_at, coalesce(to_line, '')
            AS to_line, coalesce(cc_line, '') AS cc_line, text,
            (SELECT f.sha256 FROM file f
             WHERE f.organisation_id = current_organisation() AND f.id = file_id) AS sha256
        FROM received_mail
        LEFT JOIN received_content c ON c.organisation_id = received_mail.organisation_id
            AND c.received_id = id
        {_CAME_TOO} ORDER BY id
        """
    found = []
    for row in await tx.all(_Came, sql, ids):
        told: dict[str, Any] = msgspec.to_builtins(row)
        sha256 = told.pop("sha256")
        if sha256 and told["text"] is None:
            told["text"] = await asyncio.to_thread(_begin_of, sha256)
        found.append(told)
    return found


async def _forget_contents(tx: Transaction, ids: list[UUID]) -> int:
    sql = f"SELECT coalesce(array_agg(received_id), '{{}}') FROM ({_OF_CONTENT}) x"
    return await _drop_contents(tx, await tx.value(sql, ids))


async def _forget_received(tx: Transaction, ids: list[UUID]) -> int:
    sql = f"SELECT coalesce(array_agg(id), '{{}}') FROM received_mail {_CAME}"
    return await forget_received(tx, ids=await tx.value(sql, ids))


async def _sweep_received(tx: Transaction, before: datetime, limit: int) -> int:
    known = f"SELECT coalesce(array_agg(id), '{{}}') FROM ({_OLDEST % 'NOT NULL'}) x"
    strange = f"SELECT coalesce(array_agg(id), '{{}}') FROM ({_OLDEST % 'NULL'}) x"
    dropped = await _drop_raw(tx, await tx.value(known, before, limit))
    return dropped + await forget_received(tx, ids=await tx.value(strange, before, limit))


_BLOCKED = f"FROM mail_block {_OF} AND pattern <> ''"


async def _find_blocks(tx: Transaction, ids: list[UUID]) -> list[dict[str, Any]]:
    rows = await tx.all(
        _Blocked,
        f"SELECT pattern, reason, created_at, expires_at {_BLOCKED} ORDER BY id",
        ids,
    )
    return [msgspec.to_builtins(row) for row in rows]


class _Blocked(msgspec.Struct, frozen=True):
    pattern: str
    reason: str
    created_at: datetime
    expires_at: datetime | None


holds(
    Held(table="mail_block", of="received", about="customer", find=_find_blocks,
         erase=f"UPDATE mail_block SET pattern = '', reason = '' {_OF} AND pattern <> ''",
         empties=("pattern", "reason"), stays=("digest", "kind")),
    Held(table="mail", of="mails", about="customer", find=_found, erase=f"DELETE FROM mail {_OF}"),
    Held(table="received_content", of="received", about="customer", copied=False,
         erase=_forget_contents, find=_OF_CONTENT),
    Held(table="automatic_mail", of="mails", about="customer", copied=False,
         erase=f"DELETE FROM automatic_mail {_OF}",
         find=f"SELECT organisation_id, at FROM automatic_mail {_OF}"),
    Held(table="received_mail", of="received", about="customer", erase=_forget_received,
         find=_find_received,
         empties=("message_id", "from_email", "from_name", "subject"),
         stays=("digest", "state", "code", "automatic_by")),
)  # fmt: skip
goes_with_age(
    Age(of="mails", least_d=1, most_d=KEPT_FAILED.days, days=KEPT_FAILED.days, sweep=_sweep,
        count=f"SELECT count(*) AS n, min(done_at) AS oldest {_OLD}"),
    Age(of="received", least_d=1, days=RAW_KEPT_DAYS, sweep=_sweep_received,
        count=f"SELECT count(*) AS n, min(received_at) AS oldest {_CAME_OLD}"),
)  # fmt: skip
