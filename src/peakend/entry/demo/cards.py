"""Rich messages of the demo: the templates, and sending and answering one in its past."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.conversations.models import MessageRecord
from peakend.conversations.queries import Message, RichTemplate
from peakend.conversations.rules.rich import Rich
from peakend.entry.demo import approved
from peakend.entry.demo.material import CONTENT, content
from peakend.kernel.db import Transaction
from peakend.kernel.files import save_file
from peakend.kernel.ids import new_id


async def save_cards(tx: Transaction) -> None:
    """Keep the rich messages of the content as templates for everybody, in both languages."""
    for card in content("cards")["card"]:
        for short in ("zh", "en"):
            given = msgspec.convert(await _with_files(tx, card[short]), Rich)
            await conversations.add_rich_template(
                tx, name=card["name"][short], content=given, scope="all", team_id=None, by=tx.actor
            )


async def _with_files(tx: Transaction, given: Any) -> Any:
    """Return content with the pictures that it names stored as files."""
    if isinstance(given, list):
        return [await _with_files(tx, one) for one in given]
    if not isinstance(given, dict):
        return given
    kept = {key: await _with_files(tx, one) for key, one in given.items() if key != "picture"}
    if "picture" in given:
        data = (CONTENT / "pictures" / given["picture"]).read_bytes()
        kept["file_id"] = str((await save_file(tx, data, given["picture"], purpose="message")).id)
    return kept


def name_of(key: str, language: str = "zh") -> str:
    """Return the name of a template by its key in the content."""
    return str(next(c["name"][language] for c in content("cards")["card"] if c["key"] == key))


async def say(
    tx: Transaction,
    *,
    conversation_id: UUID,
    text: str,
    card: str | None,
    reply_to: UUID | None = None,
) -> MessageRecord | Message:
    """Send words, or the words before a card; few words are seen by a supervisor first."""
    if card is None and reply_to is None:
        waited = await approved.say(tx, conversation_id=conversation_id, text=text)
        if waited is not None:
            return waited
    if card is None:
        return await conversations.reply(
            tx, conversation_id=conversation_id, client_id=new_id(), text=text, by=tx.actor,
            reply_to=reply_to,
        )  # fmt: skip
    template = await _template(tx, card)
    return await conversations.send_rich(
        tx,
        conversation_id=conversation_id,
        client_id=new_id(),
        content=msgspec.structs.replace(template.content, intro=text),
        template_id=template.id,
        by=tx.actor,
    )


async def answer(
    tx: Transaction, conversation_id: UUID | None, channel_id: UUID, choice: str
) -> None:
    """Let the customer tap a choice of the newest rich message."""
    assert conversation_id is not None
    said = await timeline.transcript(tx, conversation_id)
    asked = next(m for m in reversed(said) if m.code == "rich")
    await conversations.choose(
        tx, message_id=asked.id, choice=choice, channel_id=channel_id, by=tx.actor
    )


async def _template(tx: Transaction, key: str) -> RichTemplate:
    name = name_of(key)
    return next(one for one in await timeline.rich_templates(tx, tx.actor) if one.name == name)
