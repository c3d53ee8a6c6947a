"""What we hold about a person, put together for the person: gathered in portions, zipped, fetched.

Gathered lines stand in a file of our own that is cut to its committed length before each portion,
so that a worker that died leaves nothing twice.
"""

import asyncio
import os
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.accounts.actions.proposals import need_second, two_people
from peakend.accounts.queries import organisation
from peakend.conversations import queries as conversations
from peakend.customers import queries as customers
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.files import FileNotFound, clean_name, files_of
from peakend.kernel.ids import new_id
from peakend.kernel.jobs import enqueue
from peakend.kernel.large_files import bytes_of, draft, parts_of_file
from peakend.kernel.scans import scans_of_files
from peakend.kernel.settings import settings
from peakend.privacy.actions.reading import page
from peakend.privacy.events import AccessAsked, AccessGiven
from peakend.privacy.models import PackageRow
from peakend.privacy.queries.packages import PackageNotFound, Part, need_package, parts
from peakend.privacy.rules import CONVERSATIONS_AT_ONCE, PACKAGE_KEPT_DAYS, Identity

_JOB = "privacy.package_step"
# A package holds all there is about somebody, for whoever fetches it.
ACT = "access.package"


class NothingHeld(Conflict):
    """Everything about this customer was removed before."""

    wording = "privacy.nothing_to_erase"


class AlreadyPacking(Conflict):
    """It is being put together already."""

    wording = "privacy.already_packing"


class PackageAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose data is asked for, and how it was made sure who asks."""

    customer_id: UUID
    identity: Identity


async def ask_package(tx: Transaction, *, customer_id: UUID, identity: Identity) -> PackageRow:
    """Begin to put together everything that is held about a person.

    Errors: CustomerNotFound, NothingHeld, AlreadyPacking, SecondPersonNeeded.
    """
    who = await customers.need_customer(tx, customer_id)
    people = await customers.parts_of(tx, who.id)
    ids = (await conversations.standing(tx, people)).ids
    if not ids and await customers.is_erased(tx, who.id):
        raise NothingHeld
    await tx.value("SELECT pg_advisory_xact_lock(hashtextextended($1, 12))", str(who.id))
    running = await tx.value(
        "SELECT EXISTS (SELECT FROM access_package WHERE organisation_id = current_organisation()"
        " AND customer_id = $1 AND state = 'making')",
        who.id,
    )
    if running:
        raise AlreadyPacking
    await need_second(tx, ACT)
    package_id = new_id()
    await tx.run(
        'INSERT INTO access_package (id, customer_id, identity, language, asked_by, at, state,'
        ' "left", total) VALUES ($1, $2, $3, $4, $5, $6, \'making\', $7, $8)',
        package_id, who.id, identity, who.language, tx.actor.id, tx.now,
        [str(one) for one in ids], 2 + -(-len(ids) // CONVERSATIONS_AT_ONCE),
    )  # fmt: skip
    await record(tx, AccessAsked(package_id=package_id, customer_id=who.id, identity=identity))
    detail = {"package_id": package_id, "identity": identity}
    await audit(tx, "privacy.access_asked", "customer", who.id, detail)
    await enqueue(tx, _JOB, package_id=package_id)
    return await need_package(tx, package_id)


@two_people(ACT, "privacy.manage", PackageAsked)
async def _pack_confirmed(tx: Transaction, body: PackageAsked, address: str) -> None:
    await ask_package(tx, customer_id=body.customer_id, identity=body.identity)


async def package_step(tx: Transaction, *, package_id: UUID) -> None:
    """Gather the next portion, or make the package of what was gathered; made, nothing more."""
    row = await need_package(tx, package_id, lock=True)
    if row.state != "making":
        return
    if row.done == 0:
        people = await customers.parts_of(tx, row.customer_id)
        await _gather(tx, row, await parts(tx, "customer", people), row.left)
    elif row.left:
        ids, rest = row.left[:CONVERSATIONS_AT_ONCE], row.left[CONVERSATIONS_AT_ONCE:]
        await _gather(tx, row, await parts(tx, "conversation", ids), rest)
    else:
        await _make(tx, row)
        return
    await enqueue(tx, _JOB, package_id=package_id)


async def _gather(tx: Transaction, row: PackageRow, made: list[Part], left: list[UUID]) -> None:
    place = await asyncio.to_thread(_append, _lines(row.id), row.place, made)
    await tx.run(
        'UPDATE access_package SET "left" = $2, place = $3, done = done + 1, rows = rows + $4'
        " WHERE organisation_id = current_organisation() AND id = $1",
        row.id,
        [str(one) for one in left],
        place,
        sum(len(one.rows or ()) for one in made),
    )


async def _make(tx: Transaction, row: PackageRow) -> None:
    """Zip what was gathered with the person's files, and let it be fetched for a week."""
    gathered = await asyncio.to_thread(_gathered, _lines(row.id))
    house = await organisation(tx)
    files, held = await _files(tx, row, gathered)
    who = await customers.need_customer(tx, row.customer_id)
    text = page(
        gathered, language=row.language, house=house.name, name=who.name, at=row.at,
        zone=house.time_zone, files=[name for name, _ in files], held=held,
    )  # fmt: skip
    size = await asyncio.to_thread(_zip, row.id, gathered, text, files)
    until = tx.now + timedelta(days=PACKAGE_KEPT_DAYS)
    await tx.run(
        "UPDATE access_package SET state = 'made', done = total, files = $2, size = $3, until = $4"
        " WHERE organisation_id = current_organisation() AND id = $1",
        row.id,
        len(files),
        size,
        until,
    )
    await record(
        tx,
        AccessGiven(
            package_id=row.id, customer_id=row.customer_id, rows=row.rows, files=len(files)
        ),
    )
    await audit(tx, "privacy.access_made", "customer", row.customer_id, {"package_id": row.id})


async def _files(
    tx: Transaction, row: PackageRow, gathered: list[Part]
) -> tuple[list[tuple[str, Path]], list[tuple[str, str]]]:
    """Return the files of messages and what was put in and never sent: name in the zip, path.

    What a scanner holds is not among them: its name, and why.
    """
    given = [
        file
        for part in gathered
        for one in part.rows or ()
        if isinstance(one.get("files"), list)
        for file in one["files"]
    ]
    ids = [UUID(file["id"]) for file in given if isinstance(file, dict) and "id" in file]
    people = await customers.parts_of(tx, row.customer_id)
    ids += await files_of(tx, "visitor", await customers.visitors_of(tx, people))
    scans = await scans_of_files(tx, ids)
    found, held = [], []
    for at, file_id in enumerate(dict.fromkeys(ids), 1):
        try:
            name, path = await bytes_of(tx, file_id)
        except FileNotFound:
            continue
        scan = scans.get(file_id)
        if scan is not None and scan.held:
            held.append((name, "infected" if scan.scanned == "infected" else "unseen"))
            continue
        found.append((f"files/{at:03}-{clean_name(name)}", path))
    return found, held


async def fetched(database: Database, package_id: UUID, by: Actor) -> tuple[str, Iterator[bytes]]:
    """Return the name of a package and its bytes, piece by piece; each fetching is noted.

    Errors: PackageNotFound.
    """
    async with database.transaction(by) as tx:
        row = await need_package(tx, package_id)
        path = package_path(row.id)
        if row.state != "made" or not path.is_file():
            raise PackageNotFound
        detail = {"package_id": row.id}
        await audit(tx, "privacy.access_fetched", "customer", row.customer_id, detail)
    return f"data-{row.at:%Y-%m-%d}-{row.id.hex[-6:]}.zip", parts_of_file(path)


async def drop_packages(tx: Transaction, customer_ids: list[UUID] | None = None) -> int:
    """Remove packages whose time is over, or all of some customers, with their bytes."""
    rows = await tx.all(
        _Gone,
        "DELETE FROM access_package WHERE organisation_id = current_organisation()"
        " AND (customer_id = ANY($1) OR ($1::uuid[] IS NULL AND until <= $2)) RETURNING id",
        customer_ids,
        tx.now,
    )
    for one in rows:
        package_path(one.id).unlink(missing_ok=True)
        _lines(one.id).unlink(missing_ok=True)
    return len(rows)


class _Gone(msgspec.Struct, frozen=True):
    id: UUID


def package_path(package_id: UUID) -> Path:
    """Return where the bytes of a package stand."""
    return settings.files_dir / "packages" / f"{package_id}.zip"


def _lines(package_id: UUID) -> Path:
    return package_path(package_id).with_suffix(".jsonl")


def _append(path: Path, place: int, made: list[Part]) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(place)
        file.seek(place)
        for one in made:
            file.write(msgspec.json.encode(one) + b"\n")
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _gathered(path: Path) -> list[Part]:
    """Return one part for each table, in the order in which tables were met."""
    found: dict[tuple[str, str], Part] = {}
    with path.open("rb") as file:
        for line in file:
            part = msgspec.json.decode(line, type=Part)
            old = found.get((part.table, part.about))
            if old is not None:
                rows = None if part.rows is None else [*(old.rows or ()), *part.rows]
                part = msgspec.structs.replace(part, count=old.count + part.count, rows=rows)
            found[part.table, part.about] = part
    return list(found.values())


def _zip(package_id: UUID, gathered: list[Part], text: str, files: list[tuple[str, Path]]) -> int:
    with draft() as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr("index.html", text)
            data = msgspec.json.format(msgspec.json.encode(gathered), indent=2)
            bundle.writestr("data.json", data)
            for name, path in files:
                bundle.write(path, name, zipfile.ZIP_STORED)
        target = package_path(package_id)
        size = made.stat().st_size
        os.replace(made, target)
    _lines(package_id).unlink(missing_ok=True)
    return size
