"""Routes of macros: keeping them, looking at what one would do, running it."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post
from msgspec import UNSET, Meta, UnsetType

from peakend.automation import actions, queries
from peakend.automation.models import Macro
from peakend.automation.rules import Scope, Steps
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRow
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.kernel.words import best_language

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Language = Literal["zh-CN", "en"]
Edited = Annotated[str, Meta(max_length=20_000)]


class MacroGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new macro."""

    shortcut: Name
    title: Name
    steps: Steps
    scope: Scope = "own"
    team_id: UUID | None = None
    language: Language = "zh-CN"


class MacroChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of a macro."""

    shortcut: Name | UnsetType = UNSET
    title: Name | UnsetType = UNSET
    steps: Steps | UnsetType = UNSET
    scope: Scope | UnsetType = UNSET
    team_id: UUID | UnsetType | None = UNSET
    language: Language | UnsetType = UNSET
    version: Version | UnsetType = UNSET

    def changes(self) -> dict[str, Any]:
        """Return what was given, without the version."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "version"}
        return {name: value for name, value in given.items() if value is not UNSET}


class PreviewWanted(msgspec.Struct, forbid_unknown_fields=True):
    """For which conversation."""

    conversation_id: UUID


class RunGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A macro as it was previewed, with what the person made of its texts.

    The client's own id makes a repeat harmless.
    """

    client_id: UUID
    macro_id: UUID
    macro_version: Version
    version: Version
    reply: Edited | None = None
    card_version: Version | None = None
    note: Edited | None = None
    reason_id: UUID | None = None
    solved: bool | None = None


@get("/macros", summary="Macros that I may see", opt=needs("canned.own"))
async def macro_list(actor: Actor, tx: Transaction) -> list[Macro]:
    return await queries.macros(tx, actor, to_edit=True)


@get("/macros/usable", summary="Macros that I may run", opt=needs("canned.own"))
async def usable_list(actor: Actor, tx: Transaction) -> list[Macro]:
    return await queries.macros(tx, actor)


@post("/macros", summary="Add a macro", opt=needs("canned.own"))
async def add_macro(data: MacroGiven, actor: Actor, tx: Transaction) -> Macro:
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    macro_id = await actions.add_macro(tx, **given, by=actor)
    return await queries.need_macro(tx, macro_id, actor, to_edit=True)


@patch("/macros/{macro_id:uuid}", summary="Change a macro", opt=needs("canned.own"))
async def change_macro(macro_id: UUID, data: MacroChange, actor: Actor, tx: Transaction) -> Macro:
    version = None if data.version is UNSET else data.version
    await actions.change_macro(
        tx, macro_id=macro_id, changes=data.changes(), by=actor, version=version
    )
    return await queries.need_macro(tx, macro_id, actor, to_edit=True)


@delete("/macros/{macro_id:uuid}", summary="Delete a macro", opt=needs("canned.own"))
async def delete_macro(macro_id: UUID, actor: Actor, tx: Transaction) -> None:
    await actions.delete_macro(tx, macro_id=macro_id, by=actor)


@post(
    "/macros/{macro_id:uuid}/previews",
    summary="What a macro would do to a conversation now",
    opt=needs("conversations.note"),
    status_code=200,
)
async def preview_macro(
    macro_id: UUID,
    data: PreviewWanted,
    actor: Actor,
    tx: Transaction,
    request: Request[Any, Any, Any],
) -> queries.Preview:
    return await queries.previewed(tx, macro_id, data.conversation_id, _reader(actor, request))


@post(
    "/conversations/{conversation_id:uuid}/macro-runs",
    summary="Run a macro: all of its steps or none",
    opt=needs("conversations.note"),
    status_code=200,
)
async def run_macro(
    conversation_id: UUID,
    data: RunGiven,
    actor: Actor,
    tx: Transaction,
    request: Request[Any, Any, Any],
) -> ConversationRow:
    await actions.run_macro(
        tx,
        run_id=data.client_id,
        macro_id=data.macro_id,
        conversation_id=conversation_id,
        by=_reader(actor, request),
        macro_version=data.macro_version,
        version=data.version,
        reply=data.reply,
        card_version=data.card_version,
        note=data.note,
        reason_id=data.reason_id,
        solved=data.solved,
    )
    # Who has just let go of it still gets it once.
    return (await conversations.rows(tx, [conversation_id], None))[0]


def _reader(actor: Actor, request: Request[Any, Any, Any]) -> Actor:
    """Return the actor with the language that this answer is read in, as errors are."""
    wanted = request.headers.get("accept-language") or actor.language
    return msgspec.structs.replace(actor, language=best_language(wanted))


routes = [
    macro_list,
    usable_list,
    add_macro,
    change_macro,
    delete_macro,
    preview_macro,
    run_macro,
]
