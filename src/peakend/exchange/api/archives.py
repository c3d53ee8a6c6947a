"""Routes of the whole organisation as one archive."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.response import Stream
from msgspec import Meta

from peakend.exchange import actions, queries
from peakend.exchange.api.imports import as_file
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.limits import spend
from peakend.kernel.lockbox import LONGEST, Lock, a_passphrase, new_lock
from peakend.kernel.permissions import needs


class ArchiveGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the archive is for; the client's own id makes a repeat harmless."""

    client_id: UUID
    reason: Annotated[str, Meta(max_length=200)]
    lock: Lock | None = None


class LockWanted(msgspec.Struct, forbid_unknown_fields=True):
    """The passphrase of an archive to come; empty for one that is made up here."""

    passphrase: Annotated[str, Meta(max_length=LONGEST)] = ""


class LockMade(msgspec.Struct, frozen=True):
    """A lock, and the passphrase that opens it, shown this once."""

    lock: Lock
    passphrase: str


@post(
    "/archive-locks",
    summary="Make a lock for an archive; nothing of it is kept",
    opt=needs("organisation.export"),
    status_code=200,
)
async def make_lock(data: LockWanted, actor: Actor) -> LockMade:
    await spend(f"archive-lock:{actor.organisation_id}", rate=0.05, burst=10)
    passphrase = data.passphrase or a_passphrase()
    return LockMade(await asyncio.to_thread(new_lock, passphrase), passphrase)


@post(
    "/archives",
    summary="Ask for the whole organisation as one archive",
    opt=needs("organisation.export"),
    status_code=202,
)
async def ask_archive(data: ArchiveGiven, actor: Actor, tx: Transaction) -> queries.Archive:
    await spend(f"archive:{actor.organisation_id}", rate=0.01, burst=5)
    wanted = actions.Wanted(client_id=data.client_id, reason=data.reason, lock=data.lock)
    await actions.ask_archive(tx, wanted)
    return await queries.archive_run(tx, data.client_id)


@get("/archives", summary="The newest archives", opt=needs("organisation.export"))
async def archives(tx: Transaction) -> list[queries.Archive]:
    return await queries.archives(tx)


@get(
    "/archives/{run_id:uuid}/file",
    summary="Fetch an archive",
    media_type="application/zip",
    opt=needs("organisation.export"),
)
async def archive_file(run_id: UUID, tx: Transaction) -> Stream:
    name, size, parts = await actions.fetched_archive(tx, run_id=run_id)
    headers = as_file(name) | {"Content-Length": str(size)}
    return Stream(parts, media_type="application/zip", headers=headers)


routes: list[Any] = [make_lock, ask_archive, archives, archive_file]
