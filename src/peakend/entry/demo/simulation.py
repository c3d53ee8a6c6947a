"""The living demo: customers who keep arriving, colleagues who serve them beside the visitor."""

import asyncio
import contextlib
import random
from http.cookiejar import DefaultCookiePolicy

import httpx
import structlog

from peakend.entry.demo.cast import OWN_LOGINS, business, read_cast
from peakend.entry.demo.deskmate import TROUBLE, Deskmate
from peakend.entry.demo.kept import Kept
from peakend.entry.demo.material import SHOP_CUSTOMER, Dialogue, customers, dialogues
from peakend.entry.demo.onlooker import Onlooker
from peakend.entry.demo.scene import Scene
from peakend.entry.demo.stage import Stage, is_queue_open
from peakend.entry.demo.visitor import Visitor
from peakend.entry.demo.wire import Wire
from peakend.kernel import clock
from peakend.kernel.db import Database

log = structlog.get_logger()

MOST_AT_ONCE = 12
LEAST_WITH_PEOPLE = 4
QUIET_GAP_S = 38
BUSY_GAP_S = 22
KNOWN_SHARE = 0.5
REMEMBERED = 30
ONLOOKERS = 5
UPSET_EVERY = 7


class Simulation:
    """Everybody who is simulated, for as long as the server runs."""

    def __init__(
        self,
        database: Database,
        site: str,
        notes: Kept,
        *,
        pace: float = 1.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.database, self.site, self.notes = database, site.rstrip("/"), notes
        self.pace, self.transport = pace, transport
        self.played: list[str] = []
        self.people: list[str] = []
        self.begun = 0
        self.ended = 0
        self.stage: Stage | None = None

    def open_conversations(self) -> list[str]:
        """Return what our customers have open: after a restart they are not taken for real ones."""
        return [*self.stage.scenes, *self.stage.left] if self.stage else self.notes.simulated

    async def run(self, stop: asyncio.Event) -> None:
        """Let people come and go until told to stop."""
        limits = httpx.Limits(max_connections=24, max_keepalive_connections=24)
        async with httpx.AsyncClient(
            base_url=self.site,
            timeout=20,
            limits=limits,
            transport=self.transport,
        ) as http:
            # One client serves many people: each of them keeps the own cookie.
            http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            self.stage = stage = await self._stage(http)
            working = [
                asyncio.create_task(mate.run(stop), name=mate.who.login)
                for mate in stage.mates.values()
            ]
            working += [asyncio.create_task(self._onlookers(stage, stop)) for _ in range(ONLOOKERS)]
            scenes: set[asyncio.Task[None]] = set()
            try:
                await self._arrivals(stage, stop, scenes)
            finally:
                for task in [*working, *scenes]:
                    task.cancel()
                await asyncio.gather(*working, *scenes, return_exceptions=True)

    async def _stage(self, http: httpx.AsyncClient) -> Stage:
        cast = await read_cast(self.database, self.notes.organisation_id)
        stage = Stage(
            cast=cast,
            site=self.site,
            http=http,
            by=random.Random(),  # noqa: S311 (a play, no secret)
            pace=self.pace,
            sockets=self.transport is None,
            left=set(self.notes.simulated),
        )
        for who in cast.agents:
            if who.login not in OWN_LOGINS.values():
                stage.mates[who.id] = Deskmate(who, stage, self.notes.password)
        return stage

    async def _arrivals(
        self, stage: Stage, stop: asyncio.Event, scenes: set[asyncio.Task[None]]
    ) -> None:
        gap_s = 3.0
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), gap_s * self.pace)
            if stop.is_set():
                return
            lonely = sum(s.with_people for s in stage.scenes.values()) < LEAST_WITH_PEOPLE
            if len(scenes) < MOST_AT_ONCE:
                task = asyncio.create_task(self._scene(stage, lonely=lonely))
                scenes.add(task)
                task.add_done_callback(scenes.discard)
            usual_s = QUIET_GAP_S - (QUIET_GAP_S - BUSY_GAP_S) * business(clock.now())
            gap_s = min(80.0, max(3.0, stage.by.expovariate(1 / usual_s)))
            if lonely:
                gap_s = min(gap_s, 8.0)

    async def _onlookers(self, stage: Stage, stop: asyncio.Event) -> None:
        """Let one after the other look at the shop's pages without a word."""
        while not stop.is_set():
            await stage.pause(1, 15)
            brand = stage.by.choice(sorted(stage.cast.channels))
            await Onlooker(stage, stage.cast.channels[brand], brand).run()

    async def _scene(self, stage: Stage, *, lonely: bool) -> None:
        """Let one customer come, talk and go; what goes wrong with one is no harm to others."""
        told = self._next(stage, lonely=lonely)
        if told is None:
            return
        person = told.customer or self._person(stage)
        channel = stage.cast.channels[told.brand]
        visitor = Visitor(Wire(stage.http), channel, self.site, stage.by)
        self.begun += 1
        try:
            await visitor.come(person, stage.cast.secrets.get(told.brand), told.brand)
            if visitor.state not in ("", "closed"):
                return  # the same person still has an earlier conversation open
            await Scene(stage, told, visitor, person).run()
        except TROUBLE as trouble:
            log.info("a simulated customer stopped", dialogue=told.key, why=repr(trouble))
        except (KeyError, AttributeError, AssertionError):
            log.exception("a simulated customer stumbled", dialogue=told.key)
        finally:
            self.ended += 1
            if visitor.id is not None:
                stage.scenes.pop(visitor.id, None)

    def _next(self, stage: Stage, *, lonely: bool) -> Dialogue | None:
        """Return a dialogue that fits the hour and was not heard lately."""
        now = clock.now()
        fitting = [
            told
            for told in dialogues()
            if told.brand in stage.cast.channels
            and told.customer != SHOP_CUSTOMER
            and (is_queue_open(told.queue, now) or told.outcome == "leaves_message")
            and (not lonely or told.outcome == "agent")
        ]
        # At night few fit: the one that was heard longest ago comes again.
        fresh = [told for told in fitting if told.key not in self.played]
        upset = [told for told in fresh if told.key.startswith("upset-")]
        if upset and self.begun % UPSET_EVERY == 0:
            told = upset[0]
        elif fresh:
            told = stage.by.choice(fresh)
        elif fitting:
            told = max(fitting, key=lambda one: self.played[::-1].index(one.key))
        else:
            return None
        self.played = [*self.played[-REMEMBERED:], told.key]
        return told

    def _person(self, stage: Stage) -> str | None:
        """Return who comes; nobody again soon, and None for somebody unknown."""
        if stage.by.random() > KNOWN_SHARE:
            return None
        free = [key for key in customers() if key not in (SHOP_CUSTOMER, *self.people)]
        person = stage.by.choice(free)
        self.people = [*self.people[-REMEMBERED:], person]
        return person
