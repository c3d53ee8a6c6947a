"""Sending cards, steps and replies to choose from; taking a customer's choice; keeping templates.

The surprise: a choice is answered once because its client id follows from the message and the
choice, so a second tap, on whatever device, is the repeat of a message that is already there.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations.actions.cards import (
    checked_rich,
    with_kept_pictures,
    with_own_pictures,
)
from peakend.conversations.actions.labels import checked_name, may_share
from peakend.conversations.actions.posting import Posted
from peakend.conversations.actions.quoting import MessageIsGone
from peakend.conversations.actions.receiving import known_message, receive
from peakend.conversations.actions.replying import replied
from peakend.conversations.events import ChoiceMade, RichMessageSent, RichTemplateChanged
from peakend.conversations.models import MessageRecord
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.queries.quotes import MessageNotFound, need_message
from peakend.conversations.queries.rich import need_rich_template, offered, rich_templates
from peakend.conversations.rules import rich as rules
from peakend.conversations.rules.rich import Rich, Saying
from peakend.conversations.rules.talking import SAID
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.words import word
from peakend.language.queries import typed

MOST_OWN_TEMPLATES = 200


class NotYourTemplate(Refused):
    """It belongs to somebody else, or to everybody."""

    wording = "conversations.not_your_template"


class TemplateStale(Conflict):
    """The template was changed since it was looked at."""

    wording = "conversations.stale"


class TooManyTemplates(Invalid):
    """There are as many templates as there may be."""

    wording = "conversations.too_many_labels"


class ChoiceNotFound(Invalid):
    """The message offers no such choice."""

    wording = "conversations.choice_not_found"


class ReadyRich(msgspec.Struct, frozen=True):
    """A rich message as it may go: its words, what it keeps, its pictures."""

    text: str
    params: dict[str, Any]
    file_ids: list[UUID]


async def send_rich(
    tx: Transaction,
    *,
    conversation_id: UUID,
    client_id: UUID,
    content: Rich,
    by: Actor,
    template_id: UUID | None = None,
    canned_reply_id: UUID | None = None,
    article_id: UUID | None = None,
    reply_to: UUID | None = None,
) -> MessageRecord:
    """Send a rich message once for each client id, with the same in plain words.

    Errors: WrongRich, RichTemplateNotFound, FileNotFound, and those of `reply`.
    """
    row = await need_conversation(tx, conversation_id, by)
    ready = await ready_rich(
        tx, content, language=row.language, by=by, template_id=template_id,
        canned_reply_id=canned_reply_id,
    )  # fmt: skip
    kept, posted = await replied(
        tx,
        conversation_id=conversation_id,
        client_id=client_id,
        text=ready.text,
        by=by,
        file_ids=ready.file_ids,
        article_id=article_id,
        reply_to=reply_to,
        rich=ready.params,
    )
    if posted is not None:
        await tell_rich(tx, kept, posted, agent_id=by.id, template_id=template_id)
    return kept


async def ready_rich(
    tx: Transaction,
    content: Rich,
    *,
    language: str,
    by: Actor,
    template_id: UUID | None = None,
    canned_reply_id: UUID | None = None,
    known: Collection[UUID] = (),
) -> ReadyRich:
    """Return a rich message as it may go, with the same in plain words.

    Pictures are the sender's own, a template's, a canned reply's, or `known` from before.
    Errors: WrongRich, RichTemplateNotFound, CannedReplyNotFound, FileNotFound.
    """
    content, file_ids = await with_own_pictures(
        tx, checked_rich(content), template_id, canned_reply_id, by, known
    )
    saying = words_for(language)
    return ReadyRich(rules.plain(content, saying), rules.kept_params(content, saying), file_ids)


async def tell_rich(
    tx: Transaction,
    kept: MessageRecord,
    posted: Posted,
    *,
    agent_id: UUID | None,
    template_id: UUID | None,
) -> None:
    """Record that a rich message went out in the name of an agent."""
    block = (kept.params or {}).get("block") or {}
    await record(
        tx,
        RichMessageSent(
            conversation_id=kept.conversation_id,
            customer_id=posted.customer_id,
            channel=posted.channel,
            queue_id=posted.queue_id,
            leg_id=posted.leg_id,
            agent_id=agent_id,
            message_id=kept.id,
            shape=block.get("type", "quick"),
            cards=len(block.get("cards") or ()),
            choices=len(rules.choices(kept.params)),
            pictures=len(kept.files or ()),
            template_id=template_id,
        ),
    )


async def choose(
    tx: Transaction, *, message_id: UUID, choice: str, channel_id: UUID, by: Actor
) -> MessageRecord:
    """Take the customer's choice as the customer's message; a second tap changes nothing.

    Errors: MessageNotFound, MessageIsGone, ChoiceNotFound, ChannelNotFound.
    """
    found = await need_message(tx, message_id)
    if by.customer_id is None or found.customer_id != by.customer_id or found.kind not in SAID:
        raise MessageNotFound
    if found.recalled:
        raise MessageIsGone
    shown = await offered(tx, message_id)
    label = rules.choices(shown.params if shown else None).get(choice)
    if shown is None or label is None:
        raise ChoiceNotFound
    client_id = rules.once_id(message_id, choice)
    known = await known_message(tx, by.customer_id, client_id)
    if known is not None:
        return known
    kept = await receive(
        tx,
        channel_id=channel_id,
        customer_id=by.customer_id,
        client_id=client_id,
        text=label,
        language=by.language,
        reply_to=message_id,
        chosen={"message_id": str(message_id), "choice": choice},
    )
    if kept.at == tx.now:
        block = (shown.params or {}).get("block") or {}
        await record(
            tx,
            ChoiceMade(
                conversation_id=kept.conversation_id,
                customer_id=by.customer_id,
                channel=found.channel,
                message_id=message_id,
                shape="quick" if choice.startswith("q") else block.get("type", "quick"),
                choice=choice,
                after_s=max(0, int((tx.now - shown.at).total_seconds())),
            ),
        )
    return kept


async def add_rich_template(
    tx: Transaction, *, name: str, content: Rich, scope: str, team_id: UUID | None, by: Actor
) -> UUID:
    """Keep a template for everybody, a team or oneself.

    Errors: WrongRich, NotYourTemplate, TooManyTemplates, FileNotFound, TeamNotFound, Invalid.
    """
    await _may_own(tx, by, scope, team_id)
    if len(await rich_templates(tx, by)) >= MOST_OWN_TEMPLATES:
        raise TooManyTemplates(most=MOST_OWN_TEMPLATES)
    template_id = new_id()
    content = await with_kept_pictures(tx, checked_rich(content, kept=True), None, by)
    await tx.run(
        """
        INSERT INTO rich_template (id, name, content, scope, team_id, member_id, typed, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        template_id,
        *_columns(name, content, scope, team_id, by.id),
        tx.now,
    )
    await record(tx, RichTemplateChanged(rich_template_id=template_id, what="created"))
    return template_id


async def change_rich_template(
    tx: Transaction,
    *,
    rich_template_id: UUID,
    changes: dict[str, Any],
    by: Actor,
    version: int,
) -> None:
    """Change some of name, content, scope, team_id.

    Errors: RichTemplateNotFound, NotYourTemplate, TemplateStale, WrongRich, FileNotFound, Invalid.
    """
    old = await need_rich_template(tx, rich_template_id, by)
    await _may_own(tx, by, old.scope, old.team_id)
    scope, team_id = changes.get("scope", old.scope), changes.get("team_id", old.team_id)
    await _may_own(tx, by, scope, team_id)
    content = old.content
    if "content" in changes:
        given = checked_rich(changes["content"], kept=True)
        content = await with_kept_pictures(tx, given, old.content, by)
    changed = await tx.run(
        """
        UPDATE rich_template SET
            name = $3, content = $4, scope = $5, team_id = $6, member_id = $7, typed = $8,
            updated_at = $9, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
        """,
        rich_template_id,
        version,
        *_columns(changes.get("name", old.name), content, scope, team_id, old.member_id or by.id),
        tx.now,
    )
    if not changed:
        raise TemplateStale
    await record(tx, RichTemplateChanged(rich_template_id=rich_template_id, what="updated"))


async def delete_rich_template(tx: Transaction, *, rich_template_id: UUID, by: Actor) -> None:
    """Delete a template; messages made from it stay. Errors: as in changing."""
    old = await need_rich_template(tx, rich_template_id, by)
    await _may_own(tx, by, old.scope, old.team_id)
    await tx.run(
        "DELETE FROM rich_template WHERE organisation_id = current_organisation() AND id = $1",
        rich_template_id,
    )
    await record(tx, RichTemplateChanged(rich_template_id=rich_template_id, what="deleted"))


def words_for(language: str) -> Saying:
    """Return the house's words of a rich message in a language."""

    def said(key: str, **params: object) -> str:
        return word(f"conversations.rich.{key}", language, **params)

    return Saying(
        done=said("done"),
        stuck=said("stuck"),
        step=lambda n, of: said("step", n=n, of=of),
        order=lambda number: said("order", number=number),
        amount=lambda money: said("amount", money=money),
        choose=lambda labels: said("choose", labels=labels),
    )


def _columns(
    name: str, content: Rich, scope: str, team_id: UUID | None, member_id: UUID | None
) -> tuple[Any, ...]:
    kept = checked_name(name, 60)
    team = team_id if scope == "team" else None
    return kept, content, scope, team, member_id if scope == "own" else None, typed(kept)


async def _may_own(tx: Transaction, by: Actor, scope: str, team_id: UUID | None) -> None:
    if not await may_share(tx, by, scope, team_id):
        raise NotYourTemplate
