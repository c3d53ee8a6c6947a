"""Which conversations somebody sees: his own, his queues', those of brands, all."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from peakend.accounts import actions as accounts
from peakend.conversations import actions, queries
from peakend.conversations.actions import place_in_queue
from peakend.conversations.queries import Filters
from peakend.entry.frames import frame_for
from peakend.entry.live import Hub
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.live import end_of_log, read_log
from peakend.routing import actions as routing
from tests.routing.floor import Floor

READS = frozenset({"conversations.read", "conversations.note", "search.read"})


@dataclass
class Place:
    """Four open and four closed conversations: mine, of my queue, of the brand, and elsewhere."""

    floor: Floor
    me: UUID
    brand: UUID
    open: dict[str, UUID]
    closed: dict[str, UUID]

    def actor(self, *sights: str) -> Actor:
        return Actor(
            organisation_id=self.floor.organisation_id,
            kind="member",
            id=self.me,
            permissions=READS,
            scope="all" if "all" in sights else "queue" if "team" in sights else "own",
            queue_ids=frozenset({self.floor.queue_id}),
            seen_brand_ids=frozenset({self.brand} if "brand" in sights else ()),
            every_brand="brand" not in sights,
        )


@pytest.fixture
async def place(database: Database, organisation: UUID) -> Place:
    floor = Floor(database, organisation)
    await floor.open()
    me = await floor.hire("me")
    async with floor.tx() as tx:
        brand = await accounts.add_brand(tx, name="甲", slug="jia", colour="#3b5bdb")
        hidden = (await routing.add_queue(tx, routing.QueueSettings(name="别的"))).id
        branded = await actions.add_channel(
            tx, name="甲网页", changes={"digital": False, "brand_id": brand, "queue_id": hidden}
        )
    found = Place(floor, me.id or UUID(int=0), brand, {}, {})
    plain = floor.channel_id
    for states in (found.closed, found.open):
        for name in ("mine", "team", "brand", "other"):
            floor.channel_id = branded if name == "brand" else plain
            one = states[name] = await floor.writes(text=f"灶台{name}")
            queue = {"team": floor.queue_id}.get(name, hidden)
            async with floor.tx() as tx:
                await place_in_queue(tx, conversation_id=one, queue_id=queue, leg_id=None)
                if name == "mine":
                    await actions.assign(tx, conversation_id=one, agent_id=found.me, leg_id=None)
            if states is found.closed:
                async with floor.tx() as tx:
                    await actions.close(tx, conversation_id=one, by=floor.system)
    floor.channel_id = plain
    return found


CASES = [
    (("own",), {"mine"}),
    (("team",), {"mine", "team"}),
    (("brand",), {"mine", "brand"}),
    (("team", "brand"), {"mine", "team", "brand"}),
    (("all",), {"mine", "team", "brand", "other"}),
]


@pytest.mark.parametrize(("sights", "seen"), CASES)
async def test_lists_counts_search_cards_and_contacts_agree(
    place: Place, sights: tuple[str, ...], seen: set[str]
) -> None:
    actor = place.actor(*sights)
    async with place.floor.tx(actor) as tx:
        for view, states in (("all", place.open), ("closed", place.closed)):
            listed = await queries.conversation_list(tx, actor, view, Filters())
            assert {one.id for one in listed.items} == {states[name] for name in seen}, view
            filtered = await queries.conversation_list(
                tx, actor, view, Filters(brand_id=place.brand)
            )
            assert {one.id for one in filtered.items} == {states[name] for name in seen & {"brand"}}
        counts = await queries.counts(tx, actor)
        assert (counts.all, counts.queue) == (len(seen), len(seen - {"mine"}))
        found = await queries.search(tx, actor, "灶台")
        everything = place.open | {f"closed {k}": v for k, v in place.closed.items()}
        wanted = {v for k, v in everything.items() if k.split()[-1] in seen}
        assert {one.conversation_row.id for one in found.messages.items} == wanted
        people = await queries.search(tx, actor, "王女士", kind="conversations")
        assert {one.id for one in people.conversations.items} <= wanted
        for name, one in everything.items():
            if name.split()[-1] in seen:
                assert (await queries.conversation(tx, one, actor)).id == one
            else:
                with pytest.raises(queries.ConversationNotFound):
                    await queries.conversation(tx, one, actor)


@pytest.mark.parametrize(("sights", "seen"), CASES)
async def test_push_and_notes_agree_with_the_lists(
    place: Place, sights: tuple[str, ...], seen: set[str]
) -> None:
    actor, floor = place.actor(*sights), place.floor
    async with floor.database.system() as tx:
        before = await end_of_log(tx)
    for name, one in place.open.items():
        if name in seen:
            async with floor.tx(actor) as tx:
                await actions.note(tx, conversation_id=one, text="看一下", by=actor, client_id=None)
        else:
            with pytest.raises(queries.ConversationNotFound):
                async with floor.tx(actor) as tx:
                    await actions.note(
                        tx, conversation_id=one, text="看一下", by=actor, client_id=None
                    )
            async with floor.tx() as tx:
                await actions.note(
                    tx, conversation_id=one, text="看一下", by=floor.system, client_id=None
                )
    async with floor.database.look() as tx:
        facts = (await read_log(tx, before)).facts
    batch = await Hub(floor.database).batch(floor.organisation_id, facts)
    frame = frame_for(actor, batch)
    wanted = {place.open[name] for name in seen}
    assert {one.id for one in frame.conversations} == wanted
    assert {one.conversation_id for one in frame.messages} == wanted
    assert {one["conversation_id"] for one in frame.facts} <= wanted
    assert not frame.gone
