"""What conversations are labelled and answered with: tags, contact reasons, canned replies."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from peakend.accounts.actions import audit
from peakend.accounts.queries import need_teams
from peakend.conversations.actions.cards import WrongRich, checked_rich, with_kept_pictures
from peakend.conversations.events import (
    CannedReplyChanged,
    ContactReasonsPublished,
    TagsChanged,
)
from peakend.conversations.queries.access import ConversationStale
from peakend.conversations.queries.canned import need_canned_reply
from peakend.conversations.rules.canned import LONGEST_BODY, template_fault, variables
from peakend.conversations.rules.channels import is_colour
from peakend.conversations.rules.reasons import ReasonNode, tree_fault
from peakend.conversations.rules.rich import LONGEST_INTRO, Rich
from peakend.conversations.rules.texts import cleaned, is_text, one_line
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.language.queries import typed

MOST_TAGS = 500
MOST_NODES = 1_000


class TagNameTaken(Conflict):
    """There is a tag of this name."""

    wording = "conversations.tag_name_taken"


class TagMissing(NotFound):
    """There is no such tag here."""

    wording = "conversations.tag_not_found"


class TooMany(Invalid):
    """There are as many as there may be."""

    wording = "conversations.too_many_labels"


class WrongTree(Invalid):
    """The tree of contact reasons does not hold together."""

    wording = "conversations.wrong_tree"


class WrongTemplate(Invalid):
    """A canned reply uses what it may not use."""

    wording = "conversations.wrong_template"


class NotYourCannedReply(Refused):
    """Only its owner, or who edits knowledge, may change a canned reply."""

    wording = "conversations.not_your_canned_reply"


async def add_tag(tx: Transaction, *, name: str, colour: str) -> UUID:
    """Add a tag. Errors: TagNameTaken, Invalid, TooMany."""
    plain = checked_name(name, 30)
    if not is_colour(colour):
        raise Invalid(fields={"colour": "invalid"})
    count = await tx.value(
        "SELECT count(*) FROM tag WHERE organisation_id = current_organisation()"
    )
    if count >= MOST_TAGS:
        raise TooMany(most=MOST_TAGS)
    tag_id = new_id()
    added = await tx.run(
        "INSERT INTO tag (id, name, colour, created_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING",
        tag_id,
        plain,
        colour,
        tx.now,
    )
    if not added:
        raise TagNameTaken
    await record(tx, TagsChanged(tag_id=tag_id, what="created"))
    return tag_id


async def change_tag(
    tx: Transaction, *, tag_id: UUID, name: str | None = None, colour: str | None = None
) -> None:
    """Change a tag's name or colour. Errors: TagMissing, TagNameTaken, Invalid."""
    if colour is not None and not is_colour(colour):
        raise Invalid(fields={"colour": "invalid"})
    try:
        changed = await tx.run(
            "UPDATE tag SET name = coalesce($2, name), colour = coalesce($3, colour) "
            "WHERE organisation_id = current_organisation() AND id = $1",
            tag_id,
            checked_name(name, 30) if name is not None else None,
            colour,
        )
    except asyncpg.UniqueViolationError as error:
        raise TagNameTaken from error
    if not changed:
        raise TagMissing
    await record(tx, TagsChanged(tag_id=tag_id, what="updated"))


async def delete_tag(tx: Transaction, *, tag_id: UUID) -> None:
    """Delete a tag and take it from every conversation. Errors: TagMissing."""
    deleted = await tx.run(
        "DELETE FROM tag WHERE organisation_id = current_organisation() AND id = $1", tag_id
    )
    if not deleted:
        raise TagMissing
    await record(tx, TagsChanged(tag_id=tag_id, what="deleted"))
    await audit(tx, "tag.deleted", "tag", tag_id)


async def publish_reasons(tx: Transaction, *, nodes: Sequence[ReasonNode], by: Actor) -> int:
    """Make a new version of the tree and return its number; old conversations keep theirs.

    Errors: WrongTree, TooMany.
    """
    if len(nodes) > MOST_NODES:
        raise TooMany(most=MOST_NODES)
    fault = tree_fault(nodes)
    if fault is not None:
        raise WrongTree(fields={"nodes": fault})
    rows = [
        (
            n.id,
            n.parent_id,
            checked_name(n.name_zh, 60),
            one_line(n.name_en, 80),
            n.position,
            n.active,
        )
        for n in nodes
    ]
    # The lock lets one version follow the other when two people save at once.
    await tx.value("SELECT pg_advisory_xact_lock(hashtextextended($1, 7))", str(tx.organisation_id))
    version: int = await tx.value(
        "INSERT INTO contact_reason_version (version, at, member_id) "
        "SELECT coalesce(max(version), 0) + 1, $1, $2 FROM contact_reason_version "
        "WHERE organisation_id = current_organisation() RETURNING version",
        tx.now,
        by.id,
    )
    await tx.many(
        "INSERT INTO contact_reason "
        "(version, id, parent_id, name_zh, name_en, position, active) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [(version, *row) for row in rows],
    )
    await record(tx, ContactReasonsPublished(reasons_version=version, nodes=len(rows), by_id=by.id))
    await audit(tx, "contact_reasons.published", "contact_reasons", None, {"version": version})
    return version


async def add_canned_reply(
    tx: Transaction,
    *,
    shortcut: str,
    title: str,
    body: str,
    scope: str,
    team_id: UUID | None,
    language: str,
    by: Actor,
    card: Rich | None = None,
) -> UUID:
    """Add a canned reply for everybody, a team or oneself; a card goes with it.

    Errors: NotYourCannedReply, WrongTemplate, WrongRich, FileNotFound, TeamNotFound, Invalid.
    """
    await _may_own(tx, by, scope, team_id)
    canned_reply_id = new_id()
    await tx.run(
        """
        INSERT INTO canned_reply (id, shortcut, title, body, scope, team_id, member_id, language,
                                  typed, updated_at, card)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        canned_reply_id,
        checked_name(shortcut, 40),
        checked_name(title, 80),
        checked_template(body),
        scope,
        team_id if scope == "team" else None,
        by.id if scope == "own" else None,
        language,
        typed(checked_name(title, 80)),
        tx.now,
        await _card(tx, card, body, None, by),
    )
    await record(tx, CannedReplyChanged(canned_reply_id=canned_reply_id, what="created"))
    return canned_reply_id


async def change_canned_reply(
    tx: Transaction,
    *,
    canned_reply_id: UUID,
    changes: dict[str, Any],
    by: Actor,
    version: int | None = None,
) -> None:
    """Change some of shortcut, title, body, card, scope, team_id, language.

    Errors: CannedReplyNotFound, NotYourCannedReply, ConversationStale, WrongTemplate, WrongRich,
    FileNotFound, Invalid.
    """
    old = await need_canned_reply(tx, canned_reply_id, by)
    await _may_own(tx, by, old.scope, old.team_id)
    if version is not None and old.version != version:
        raise ConversationStale(version=old.version)
    scope = changes.get("scope", old.scope)
    team_id = changes.get("team_id", old.team_id)
    await _may_own(tx, by, scope, team_id)
    body = changes.get("body", old.body)
    await tx.run(
        """
        UPDATE canned_reply SET
            shortcut = $2, title = $3, body = $4, scope = $5, team_id = $6, member_id = $7,
            language = $8, typed = $9, updated_at = $10, card = $11,
            version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        canned_reply_id,
        checked_name(changes.get("shortcut", old.shortcut), 40),
        checked_name(changes.get("title", old.title), 80),
        checked_template(body),
        scope,
        team_id if scope == "team" else None,
        (old.member_id or by.id) if scope == "own" else None,
        changes.get("language", old.language),
        typed(checked_name(changes.get("title", old.title), 80)),
        tx.now,
        await _card(tx, changes.get("card", old.card), body, old.card, by),
    )
    await record(tx, CannedReplyChanged(canned_reply_id=canned_reply_id, what="updated"))


async def _card(
    tx: Transaction, card: Rich | None, body: str, old: Rich | None, by: Actor
) -> Rich | None:
    """Return the card of a canned reply as it is kept; few words go before a card."""
    if card is None:
        return None
    if len(body) > LONGEST_INTRO:
        raise WrongRich(fields={"body": "conversations.wrong_rich"})
    return await with_kept_pictures(tx, checked_rich(card, bare=True, kept=True), old, by)


async def delete_canned_reply(tx: Transaction, *, canned_reply_id: UUID, by: Actor) -> None:
    """Delete a canned reply. Errors: CannedReplyNotFound, NotYourCannedReply."""
    old = await need_canned_reply(tx, canned_reply_id, by)
    await _may_own(tx, by, old.scope, old.team_id)
    await tx.run(
        "DELETE FROM canned_reply WHERE organisation_id = current_organisation() AND id = $1",
        canned_reply_id,
    )
    await record(tx, CannedReplyChanged(canned_reply_id=canned_reply_id, what="deleted"))


async def _may_own(tx: Transaction, by: Actor, scope: str, team_id: UUID | None) -> None:
    if not await may_share(tx, by, scope, team_id):
        raise NotYourCannedReply


async def may_share(tx: Transaction, by: Actor, scope: str, team_id: UUID | None) -> bool:
    """Say whether somebody may keep a text for themselves, a team or everybody.

    People keep their own, and who edits knowledge keeps everybody's. Errors: TeamNotFound, Invalid.
    """
    if scope == "team":
        if team_id is None:
            raise Invalid(fields={"team_id": "required"})
        await need_teams(tx, [team_id])
    return scope == "own" or by.may("knowledge.edit")


def checked_name(text: str, longest: int) -> str:
    """Return a name on one line. Errors: Invalid."""
    plain = one_line(text, longest) if is_text(text) else ""
    if not plain:
        raise Invalid(fields={"name": "invalid"})
    return plain


def checked_template(text: str, longest: int = LONGEST_BODY) -> str:
    """Return a text with variables as it is kept. Errors: Invalid, WrongTemplate."""
    if not is_text(text) or len(text) > longest or not (plain := cleaned(text)):
        raise Invalid(fields={"body": "invalid"})
    example = variables(
        customer_name="x", agent_name="x", organisation_name="x", brand_name="x", number=1
    )
    if template_fault(plain, example) is not None:
        raise WrongTemplate(fields={"body": "template"})
    return plain
