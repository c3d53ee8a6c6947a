"""Templates of rich messages that a person may use, and what a message lets its reader choose."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations.models.rich import RICH_TEMPLATE_COLUMNS, RichTemplateRecord
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.queries.canned import filling_for
from peakend.conversations.rules.filling import Filling, holds_variables
from peakend.conversations.rules.rich import Rich, pictures
from peakend.conversations.rules.views import Scope
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.files import File, files

MOST_TEMPLATES = 500

# Who edits for everybody sees what every team has, too, but nobody else's own.
_TEMPLATES = f"""
SELECT {RICH_TEMPLATE_COLUMNS} FROM rich_template
WHERE organisation_id = current_organisation()
  AND (scope = 'all' OR member_id = $2 OR (scope = 'team' AND ($1 OR team_id = ANY($3::uuid[]))))
"""  # noqa: S608 (names of columns only)


class RichTemplateNotFound(NotFound):
    """There is no such template for this person."""

    wording = "conversations.rich_template_not_found"


class RichTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A template of a rich message with its pictures; `typed` is the pinyin of its name.

    One that is `filled` has the values of a conversation in the place of its variables.
    """

    id: UUID
    name: str
    content: Rich
    pictures: list[File]
    scope: Scope
    team_id: UUID | None
    member_id: UUID | None
    typed: str
    version: int
    updated_at: datetime
    filled: bool = False


class Offered(msgspec.Struct, frozen=True):
    """What a message offers, and when it did."""

    params: dict[str, Any] | None
    at: datetime


async def rich_templates(tx: Transaction, actor: Actor) -> list[RichTemplate]:
    """Return the templates that a person may use."""
    rows = await tx.all(
        RichTemplateRecord,
        _TEMPLATES + f" ORDER BY name, id LIMIT {MOST_TEMPLATES}",
        actor.may("knowledge.edit"),
        actor.id,
        list(actor.team_ids),
    )
    read = [_read(row) for row in rows]
    shown = await files(tx, [one for row in read for one in pictures(row.content)])
    return [_shown(row, shown) for row in read]


async def ready_templates(
    tx: Transaction, conversation_id: UUID, actor: Actor
) -> list[RichTemplate]:
    """Return the templates that a person may use, filled in; what cannot be is left out.

    Errors: ConversationNotFound.
    """
    row = await need_conversation(tx, conversation_id, actor)
    filling = await filling_for(tx, row, actor)
    made = [filled_template(one, filling) for one in await rich_templates(tx, actor)]
    return [one for one in made if one is not None]


def filled_template(template: RichTemplate, filling: Filling) -> RichTemplate | None:
    """Return a template with the values of a conversation; None where it cannot be filled in."""
    if not holds_variables(template.content):
        return template
    content = filling.card(template.content)
    if content is None:
        return None
    return msgspec.structs.replace(template, content=content, filled=True)


async def need_rich_template(
    tx: Transaction, rich_template_id: UUID, actor: Actor
) -> RichTemplateRecord:
    """Return a template that a person may use or change. Errors: RichTemplateNotFound."""
    found = await tx.one(
        RichTemplateRecord, _TEMPLATES + " AND id = $4", actor.may("knowledge.edit"), actor.id,
        list(actor.team_ids), rich_template_id,
    )  # fmt: skip
    if found is None:
        raise RichTemplateNotFound
    return _read(found)


async def rich_template(tx: Transaction, rich_template_id: UUID, actor: Actor) -> RichTemplate:
    """Return a template with its pictures. Errors: RichTemplateNotFound."""
    row = await need_rich_template(tx, rich_template_id, actor)
    return _shown(row, await files(tx, pictures(row.content)))


def _read(row: RichTemplateRecord) -> RichTemplateRecord:
    # Rows take jsonb as it comes.
    return msgspec.structs.replace(row, content=msgspec.convert(row.content, Rich))


def _shown(row: RichTemplateRecord, known: dict[UUID, File]) -> RichTemplate:
    own = [known[one] for one in pictures(row.content) if one in known]
    return RichTemplate(pictures=own, **msgspec.structs.asdict(row))


async def offered(tx: Transaction, message_id: UUID) -> Offered | None:
    """Return what a message offers to choose from; the caller checks who may see it."""
    return await tx.one(
        Offered,
        "SELECT params, at FROM message WHERE organisation_id = current_organisation() AND id = $1",
        message_id,
    )
