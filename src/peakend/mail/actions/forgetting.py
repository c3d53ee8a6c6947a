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
    " AND done_at < $1 AND state IN ('sent', 'failed') AND NOT on_hold(customer_id)"
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
_CAME_OLD = (
    "FROM received_mail WHERE organisation_id = current_organisation() AND received_at < $1"
    " AND file_id IS NOT NULL AND (customer_id IS NULL OR NOT on_hold(customer_id))"
)


async def _empty(tx: Transaction, ids: list[UUID]) -> int:
    """Empty received mails, and remove their bytes."""
    gone: list[UUID] = await tx.value(
        "SELECT coalesce(array_agg(file_id), '{}') FROM received_mail"
        " WHERE organisation_id = current_organisation() AND id = ANY($1)"
        " AND file_id IS NOT NULL",
        ids,
    )
    await remove_files(tx, gone)
    return await tx.run(
        "UPDATE received_mail SET file_id = NULL, message_id = '', from_email = '',"
        " from_name = '', subject = ''"
        " WHERE organisation_id = current_organisation() AND id = ANY($1)",
        ids,
    )


class _Came(msgspec.Struct, frozen=True):
    message_id: str
    from_email: str
    from_name: str
    subject: str
    received_at: datetime
    sha256: str | None


def _begin_of(sha256: str) -> str:
    with contextlib.suppress(OSError), path_of(sha256).open("rb") as opened:
        return opened.read(GIVEN_OUT).decode("utf-8", "replace")
    return ""


async def _find_received(tx: Transaction, ids: list[UUID]) -> list[dict[str, Any]]:
    """Return the mails that customers wrote, as they came, as far as they are given out."""
    sql = f"""
        SELECT message_id, from_email, from_name, subject, received_at,
            (SELECT f.sha256 FROM file f
             WHERE f.organisation_id = current_organisation() AND f.id = file_id) AS sha256
        FROM received_mail {_CAME} ORDER BY id
        """
    found = []
    for row in await tx.all(_Came, sql, ids):
        told: dict[str, Any] = msgspec.to_builtins(row)
        if sha256 := told.pop("sha256"):
            told["text"] = await asyncio.to_thread(_begin_of, sha256)
        found.append(told)
    return found


async def _forget_received(tx: Transaction, ids: list[UUID]) -> int:
    sql = f"SELECT coalesce(array_agg(id), '{{}}') FROM received_mail {_CAME}"
    return await _empty(tx, await tx.value(sql, ids))


async def _sweep_received(tx: Transaction, before: datetime, limit: int) -> int:
    sql = f"SELECT coalesce(array_agg(id), '{{}}') FROM (SELECT id {_CAME_OLD} LIMIT $2) x"
    return await _empty(tx, await tx.value(sql, before, limit))


holds(
    Held(table="mail", of="mails", about="customer", find=_found, erase=f"DELETE FROM mail {_OF}"),
    Held(table="received_mail", of="received", about="customer", erase=_forget_received,
         find=_find_received,
         empties=("message_id", "from_email", "from_name", "subject"),
         stays=("digest", "state", "code")),
)  # fmt: skip
goes_with_age(
    Age(of="mails", least_d=1, most_d=KEPT_FAILED.days, days=KEPT_FAILED.days, sweep=_sweep,
        count=f"SELECT count(*) AS n, min(done_at) AS oldest {_OLD}"),
    Age(of="received", least_d=1, days=RAW_KEPT_DAYS, sweep=_sweep_received,
        count=f"SELECT count(*) AS n, min(received_at) AS oldest {_CAME_OLD}"),
)  # fmt: skip
