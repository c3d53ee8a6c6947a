"""The demo's start: made once, found again later, and kept alive while the server runs."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog

from peakend.accounts import queries as accounts
from peakend.accounts.actions.passwords import hash_password
from peakend.accounts.actions.sessions import set_password
from peakend.accounts.queries import organisation_ids
from peakend.entry.demo import (
    awaited,
    called,
    grave,
    history,
    hob,
    kept,
    matters,
    post,
    seed,
    waited,
)
from peakend.entry.demo.cast import OWN_LOGINS
from peakend.entry.demo.kept import Kept
from peakend.entry.demo.material import SHOP_CUSTOMER, customers, staff
from peakend.entry.demo.simulation import Simulation
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from peakend.kernel.worker import Worker

log = structlog.get_logger()

PAST = timedelta(days=30)
NOTED_EVERY_S = 60
LITTLE = timedelta(minutes=20)
# After so much of the past there are new conversations to be called to.
LONG = timedelta(days=1)


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """How a visitor of the demo signs in."""

    role: str
    login: str
    password: str
    name: str


async def prepare(database: Database, progress: Callable[[str, float], None]) -> list[Login]:
    """Make the demo where there is none yet, or find it; return how to sign in.

    A database that holds somebody's own centre is left as it is: nobody is returned.
    """
    there = await organisation_ids(database)
    notes = kept.read()
    now = clock.now()
    if notes is None or (there and notes.organisation_id not in there):
        notes = Kept(password=kept.new_password(), organisation_id=new_id(), done_until=now - PAST)
        if there:
            notes.organisation_id, notes.done_until = there[0], now
            if not await _adopt(database, notes):
                return []
        # Before the seed: a start that is killed right after it still knows the password.
        kept.write(notes)
    if notes.organisation_id not in there:
        await seed.seed(
            database,
            organisation_id=notes.organisation_id,
            password=notes.password,
            now=now,
            progress=progress,
        )
        # The digital agent knows everything before the first page is opened.
        progress("entry.demo.index", 0.9)
        await Worker(database).drain(2_000)
    await post.open_up(database, notes)
    kept.write(notes)
    return _logins(notes.password)


def greet() -> None:
    """Say what else can be done here than signing in."""
    post.greet()


async def live(
    database: Database, base_url: str, stop: asyncio.Event, *, simulation: bool = True
) -> None:
    """Tell the past up to now, and let people come and go until told to stop."""
    notes = kept.read()
    parts = []
    if notes is not None:
        simulated = Simulation(database, base_url, notes)
        parts.append(asyncio.create_task(_watched(_tell_past(database, notes, simulated))))
        parts += [
            asyncio.create_task(_watched(work))
            for work in (
                post.keep_what_is_sent(notes.sink_port, stop),
                post.bring_letters(database, notes),
            )
        ]
        if simulation:
            parts.append(asyncio.create_task(_watched(simulated.run(stop))))
    await stop.wait()
    if notes is not None:
        notes.simulated = simulated.open_conversations()
        kept.write(notes)
    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)


async def _watched(work: Coroutine[Any, Any, None]) -> None:
    """Let the server go on without its demo where that fails, and say so."""
    try:
        await work
    except Exception:
        log.exception("the demo does not live any more")


async def _tell_past(database: Database, notes: Kept, simulated: Simulation) -> None:
    """Catch up with what happened while nobody was there, then note that time goes on."""
    until = clock.now()
    since = max(notes.done_until, until - PAST)
    if until - since > LITTLE:

        def note(at: datetime, share: float) -> None:
            notes.done_until = max(notes.done_until, at)
            kept.write(notes)

        started = asyncio.get_running_loop().time()
        made = await history.catch_up(
            database,
            notes.organisation_id,
            since=since,
            until=until,
            done=note,
            pause_s=0.005,
        )
        took_s = round(asyncio.get_running_loop().time() - started, 1)
        log.info("the demo's past is told", conversations=made, took_s=took_s)
        if until - since > LONG:
            # One that cannot be told keeps none of the others from being told.
            for tell in (
                called.call, matters.open_cases, waited.let_wait, grave.make_grave,
                hob.tell_hob_story,
            ):  # fmt: skip
                await _watched(tell(database, notes.organisation_id))
    # At each start: what waited before has ended when its writer went.
    await awaited.leave_waiting(database, notes.organisation_id)
    while True:
        notes.done_until = clock.now()
        notes.simulated = simulated.open_conversations()
        kept.write(notes)
        await asyncio.sleep(NOTED_EVERY_S)


async def _adopt(database: Database, notes: Kept) -> bool:
    """Give a demo whose notes are lost a new password; say no where it is no demo."""
    async with database.transaction(Actor.system(notes.organisation_id)) as tx:
        members = {m.login: m.id for m in await accounts.members(tx, active_only=False)}
        if not set(OWN_LOGINS.values()) <= members.keys():
            return False
        hashed = await hash_password(notes.password, "")
        for person in staff():
            if person["login"] in members:
                await set_password(tx, member_id=members[person["login"]], hashed=hashed)
    return True


def _logins(password: str) -> list[Login]:
    names = {person["login"]: person["name"] for person in staff()}
    found = [
        Login(role=role, login=login, password=password, name=names[login])
        for role, login in OWN_LOGINS.items()
    ]
    shopper = customers()[SHOP_CUSTOMER]["name"]
    return [*found, Login(role="customer", login="/shop", password="–", name=shopper)]  # noqa: S106
