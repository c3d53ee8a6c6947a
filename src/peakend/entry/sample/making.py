"""Making the sample through the same actions as people do, with the clock passed in.

Whoever puts it in is the agent of its conversations; the past is told by the demo's own player.
"""

import asyncio
import tomllib
import zlib
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations import actions as conversations
from peakend.conversations import queries as settings_of
from peakend.conversations.models import MessageRecord
from peakend.customers import actions as customers
from peakend.customers.queries import Attribute
from peakend.entry.demo.cast import Cast, Colleague
from peakend.entry.demo.history import Played
from peakend.entry.demo.material import Dialogue, Turn
from peakend.entry.demo.plan import Past
from peakend.kernel.actors import Actor
from peakend.kernel.backups.places import Depot, archiving
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.ids import new_id
from peakend.kernel.settings import settings
from peakend.kernel.words import word
from peakend.knowledge import actions as knowledge
from peakend.onboarding.ports import Made
from peakend.routing import queries as routing

BEFORE = timedelta(days=3)
COLOUR = "#475467"
FRESH = timedelta(days=7)
WAITED_S = 14.0
_HERE = "sample"


class NoChannel(Conflict):
    """A sample needs a channel through which its customers wrote."""

    wording = "entry.sample_needs_channel"


@cache
def content(language: str) -> dict[str, Any]:
    """Return the sample's content in a language."""
    name = f"content.{'en' if language == 'en' else 'zh-CN'}.toml"
    place = Path(str(resources.files("peakend.entry.sample"))) / name
    return tomllib.loads(place.read_text("utf-8"))


async def make(tx: Transaction, *, by: Actor, language: str) -> list[Made]:
    """Make customers, articles, canned replies and conversations, all of them called a sample.

    Errors: NoChannel.
    """
    now, given = tx.now, content(language)
    tx.now = now - BEFORE
    tag_id = await _tag(tx, language)
    made = [Made("tag", tag_id)]
    known = {one["key"]: await _customer(tx, one, language) for one in given["customer"]}
    made += [Made("customer", one) for one in known.values()]
    made += [Made("article", await _article(tx, one, by, language)) for one in given["article"]]
    for one in given["canned"]:
        canned_id = await conversations.add_canned_reply(
            tx, shortcut=one["shortcut"], title=one["title"], body=one["body"], scope="all",
            team_id=None, language=language, by=Actor.system(tx.organisation_id),
        )  # fmt: skip
        made.append(Made("canned_reply", canned_id))
    cast = await _cast(tx, by, known)
    for one in given["dialogue"]:
        told = _Told(cast, _past(one, now), {}, now)
        tx.now = told.one.at
        tx.actor = told.system
        await told.run(tx)
        if told.conversation_id is None:
            continue
        await conversations.tag(
            tx, conversation_id=told.conversation_id, tag_ids=[tag_id], by=told.system
        )
        made.append(Made("conversation", told.conversation_id))
    return made


async def fresh_backup() -> bool | None:
    """Say whether there is a backup of the last days; None where another place takes them."""
    if settings.database_url or settings.demo:
        return None
    what = archiving(settings.data_dir)
    if what is None:
        return False
    records = await asyncio.to_thread(Depot(Path(what.depot)).records)
    return (
        bool(records) and datetime.now(records[-1].ended_at.tzinfo) - records[-1].ended_at < FRESH
    )


class _Cast(Cast, frozen=True, kw_only=True):
    """A house's own people and settings, in the place of the demo's."""

    first_reason: UUID | None

    def reason(self, key: str) -> UUID | None:  # type: ignore[override]
        """Return a contact reason of the house; None where it has none yet."""
        return self.first_reason


class _Told(Played):
    """A conversation of the sample: the agent's words are said as they stand.

    The digital agent says nothing: its first words in a process wait for a model to be read, too
    long for a transaction that somebody waits for.
    """

    digital_answers = False

    @staticmethod
    async def say(
        tx: Transaction, *, conversation_id: UUID, text: str, **more: Any
    ) -> MessageRecord:
        """Say an agent's line."""
        return await conversations.reply(
            tx, conversation_id=conversation_id, client_id=new_id(), text=text, by=tx.actor
        )


async def _tag(tx: Transaction, language: str) -> UUID:
    name = word("onboarding.sample_tag", language)
    taken = {one.name.casefold() for one in await settings_of.tags(tx)}
    names = [name, *(f"{name} {n}" for n in range(2, 100))]
    free = next(one for one in names if one.casefold() not in taken)
    return await conversations.add_tag(tx, name=free, colour=COLOUR)


async def _customer(tx: Transaction, person: dict[str, Any], language: str) -> UUID:
    values = (("city", person["city"]), ("products", person["product"]),
              ("note", person.get("note", "")))  # fmt: skip
    return await customers.add_customer(
        tx,
        name=person["name"],
        tier=person["tier"],
        language=language,
        since=tx.now - timedelta(days=200),
        identities=[("email", person["mail"], False)],
        attributes=[
            Attribute(key, word(f"entry.demo.attribute_{key}", language), value, "internal")
            for key, value in values
            if value
        ],
    )


async def _article(tx: Transaction, given: dict[str, Any], by: Actor, language: str) -> UUID:
    article_id = await knowledge.write_article(
        tx, title=given["title"], by=by, language=language, body=given["body"],
        questions=given["questions"],
    )  # fmt: skip
    await knowledge.publish(tx, article_id=article_id, by=Actor.system(tx.organisation_id))
    return article_id


async def _cast(tx: Transaction, by: Actor, known: dict[str, UUID]) -> _Cast:
    channel = next((one for one in await settings_of.channels(tx) if one.active), None)
    if channel is None:
        raise NoChannel
    assert by.id is not None
    queue_id = channel.queue_id or await routing.queue_for(tx, channel.brand_id)
    tree = await settings_of.reason_tree(tx)
    parents = {one.parent_id for one in tree.nodes}
    leaves = [one.id for one in tree.nodes if one.active and one.id not in parents]
    agent = Colleague(id=by.id, name=by.name, login=_HERE, queues=(_HERE,), capacity=len(known))
    return _Cast(
        organisation_id=tx.organisation_id,
        channels={_HERE: channel},
        secrets={},
        queues={_HERE: queue_id} if queue_id else {},
        agents=(agent,),
        customers=known,
        tags={},
        first_reason=leaves[0] if leaves else None,
    )


def _past(given: dict[str, Any], now: datetime) -> Past:
    told = Dialogue(
        key=given["key"],
        brand=_HERE,
        queue=_HERE,
        reason=_HERE,
        article="",
        outcome=given["outcome"],
        turns=msgspec.convert(given["turns"], list[Turn]),
        solved=given["solved"],
        rating=given["rating"],
        comment=given["comment"],
    )
    return Past(
        at=now - timedelta(hours=given["hours_ago"]),
        told=told,
        customer=given["customer"],
        wait_s=WAITED_S,
        ends="as_told",
        transfers=False,
        rates=True,
        seed=zlib.crc32(given["key"].encode()),
    )
