"""Macros that a person may use, and what one of them would do to a conversation now."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.assist import queries as assist
from peakend.automation.models import MACRO_COLUMNS, Macro
from peakend.automation.rules import (
    MOST_TAGS,
    Standing,
    Steps,
    Target,
    What,
    order,
    refusal,
    snoozed_to,
)
from peakend.conversations import queries as conversations
from peakend.conversations.queries import ConversationRecord, RichTemplate
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.words import best_language, word
from peakend.routing import queries as routing

# Who edits for everybody sees what every team has, too, but nobody else's own.
_MACROS = f"""
SELECT {MACRO_COLUMNS} FROM macro
WHERE organisation_id = current_organisation()
  AND (scope = 'all' OR member_id = $2 OR (scope = 'team' AND ($1 OR team_id = ANY($3::uuid[]))))
"""  # noqa: S608 (names of columns only)

Why = tuple[str, dict[str, object]]


class MacroNotFound(NotFound):
    """There is no such macro for this person."""

    wording = "automation.macro_not_found"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that will happen; `blocked` says why it cannot, in the reader's language."""

    what: What
    names: list[str] = []
    at: datetime | None = None
    solved: bool | None = None
    blocked: str | None = None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """All that a macro would do now; what it `needs` must be given before it can run.

    Where it `waits`, reply and card go to a senior first, as one.
    """

    macro_id: UUID
    title: str
    macro_version: int
    conversation_version: int
    reply: str | None
    card: RichTemplate | None
    note: str | None
    steps: list[Step]
    waits: bool
    needs_reason: bool
    needs_solved: bool
    needs_note: bool


async def macros(tx: Transaction, actor: Actor, *, to_edit: bool = False) -> list[Macro]:
    """Return the macros that a person may use, or those that they may change or see."""
    found = await tx.all(
        Macro,
        _MACROS + " ORDER BY shortcut, id LIMIT 1000",
        to_edit and actor.may("knowledge.edit"),
        actor.id,
        list(actor.team_ids),
    )
    return [_whole(macro) for macro in found]


async def need_macro(
    tx: Transaction, macro_id: UUID, actor: Actor, *, to_edit: bool = False
) -> Macro:
    """Return a macro that a person may use, or change. Errors: MacroNotFound."""
    found = await tx.one(
        Macro,
        _MACROS + " AND id = $4",
        to_edit and actor.may("knowledge.edit"),
        actor.id,
        list(actor.team_ids),
        macro_id,
    )
    if found is None:
        raise MacroNotFound
    return _whole(found)


def _whole(macro: Macro) -> Macro:
    """Return a macro with its steps, which a row brings as plain JSON."""
    return msgspec.structs.replace(macro, steps=msgspec.convert(macro.steps, Steps))


async def previewed(
    tx: Transaction, macro_id: UUID, conversation_id: UUID, actor: Actor
) -> Preview:
    """Return what a macro would do to a conversation.

    Errors: MacroNotFound, ConversationNotFound.
    """
    macro = await need_macro(tx, macro_id, actor)
    row = await conversations.need_conversation(tx, conversation_id, actor)
    return await plan(tx, macro, row, actor)


async def plan(tx: Transaction, macro: Macro, row: ConversationRecord, actor: Actor) -> Preview:
    """Return what a macro would do to a conversation that was read already."""
    steps = macro.steps
    filling = await conversations.filling_for(tx, row, actor)
    reply, note = filling.text(steps.reply), filling.text(steps.note)
    standing = Standing(
        state=row.state,
        agent_id=row.agent_id,
        by_id=actor.id,
        rights=actor.permissions,
    )
    card, flaw = await _card(tx, steps, filling, actor)
    says = bool(steps.reply or card)
    waits = says and await assist.must_wait(tx, actor, row.queue_id)
    shown = []
    for what in order(steps):
        if what == "take":
            if standing.mine:
                continue
            why = _worded(refusal(what, standing)) or await _hands_full(tx, row, actor)
            standing = msgspec.structs.replace(standing, state="serving", agent_id=actor.id)
            shown.append(Step(what=what, blocked=_said(why, actor)))
            continue
        step, found = await _step(tx, what, steps, row, standing)
        if what == "card":
            step = Step(what=what, names=[card.name] if card else [])
            found = flaw
        texts = {"reply": reply, "note": note}
        if texts.get(what, "") is None:
            found = ("conversations.canned_not_rendered", {})
        if waits and what in ("reply", "card") and steps.end in ("transfer", "assign", "close"):
            found = found or ("automation.waits_first", {})
        why = _worded(refusal(what, standing)) or found
        shown.append(msgspec.structs.replace(step, blocked=_said(why, actor)))
    closes = steps.end == "close"
    return Preview(
        macro_id=macro.id,
        title=macro.title,
        macro_version=macro.version,
        conversation_version=row.version,
        reply=reply if steps.reply else None,
        card=card,
        note=note if steps.note else None,
        steps=shown,
        waits=waits,
        needs_reason=closes
        and steps.reason_id is None
        and row.reason_id is None
        and any(node.active for node in (await conversations.reason_tree(tx)).nodes),
        needs_solved=closes and steps.solved is None,
        needs_note=steps.end == "transfer" and not steps.note and await _passed_before(tx, row),
    )


async def _card(
    tx: Transaction, steps: Steps, filling: conversations.Filling, actor: Actor
) -> tuple[RichTemplate | None, Why | None]:
    """Return the card of a macro as it is now, filled in, and why it cannot go like this."""
    if steps.rich_template_id is None:
        return None, None
    try:
        kept = await conversations.rich_template(tx, steps.rich_template_id, actor)
    except conversations.RichTemplateNotFound:
        return None, ("conversations.rich_template_not_found", {})
    card = conversations.filled_template(kept, filling)
    if card is None:
        return None, ("conversations.canned_not_rendered", {})
    return card, conversations.card_fault(card.content)


def _worded(wording: str | None) -> Why | None:
    return None if wording is None else (wording, {})


def _said(why: Why | None, actor: Actor) -> str | None:
    return None if why is None else word(why[0], best_language(actor.language), **why[1])


async def _step(
    tx: Transaction, what: What, steps: Steps, row: ConversationRecord, standing: Standing
) -> tuple[Step, Why | None]:
    """Return a step with its names, and why it is no longer possible."""
    if what == "tags":
        return await _tags(tx, steps.tag_ids, row.id)
    if what == "reason":
        nodes = (await conversations.reason_tree(tx)).nodes
        found = next((node for node in nodes if node.id == steps.reason_id and node.active), None)
        gone: Why | None = None if found else ("conversations.unknown_reason", {})
        return Step(what=what, names=[found.label] if found else []), gone
    if what == "priority":
        return Step(what=what, names=[steps.priority or ""]), None
    if what in ("transfer", "assign") and steps.to is not None:
        name, why = await _target(tx, steps.to, standing)
        return Step(what=what, names=[name] if name else []), why
    if what == "snooze" and steps.snooze is not None:
        times = await conversations.snooze_times(tx, row.queue_id)
        at = snoozed_to(steps.snooze, [(time.when, time.at) for time in times])
        return Step(what=what, at=at), None if at else ("conversations.wrong_time", {})
    return Step(what=what, solved=steps.solved if what == "close" else None), None


async def _tags(
    tx: Transaction, tag_ids: list[UUID], conversation_id: UUID
) -> tuple[Step, Why | None]:
    names = {tag.id: tag.name for tag in await conversations.tags(tx)}
    shown = (await conversations.rows(tx, [conversation_id], None))[0]
    why: Why | None = None
    if any(tag_id not in names for tag_id in tag_ids):
        why = ("automation.tag_gone", {})
    elif len({tag.id for tag in shown.tags} | set(tag_ids)) > MOST_TAGS:
        why = ("conversations.too_many_tags", {"most": MOST_TAGS})
    known = [names[tag_id] for tag_id in tag_ids if tag_id in names]
    return Step(what="tags", names=known), why


async def _target(tx: Transaction, to: Target, standing: Standing) -> tuple[str | None, Why | None]:
    """Return the name of who gets the conversation, and why they cannot."""
    if to.kind == "queue":
        name = (await routing.queue_names(tx, [to.id])).get(to.id)
        return name, None if name else ("automation.queue_gone", {})
    if to.kind == "team":
        team = next((team for team in await accounts.teams(tx) if team.id == to.id), None)
        if team is None:
            return None, ("automation.team_gone", {})
        empty = not set(team.member_ids) - {standing.agent_id}
        return team.name, ("routing.team_empty", {}) if empty else None
    member = (await accounts.member_briefs(tx, [to.id])).get(to.id)
    if member is None:
        return None, ("automation.colleague_gone", {})
    if to.id == standing.agent_id:
        return member.name, ("routing.passed_to_self", {})
    away = not (await accounts.need_member(tx, to.id)).active
    if away or (await routing.presence_of(tx, to.id)).state == "offline":
        return member.name, ("routing.agent_away", {"name": member.name})
    return member.name, None


async def _hands_full(tx: Transaction, row: ConversationRecord, actor: Actor) -> Why | None:
    if actor.id is None or actor.may("conversations.take_over"):
        return None
    capacity = (await accounts.need_member(tx, actor.id)).capacity
    leg = await routing.active_leg(tx, row.id)
    load = await routing.load_of(tx, actor.id) - bool(leg and leg.offered_to == actor.id)
    return ("routing.hands_full", {"capacity": capacity}) if load >= capacity else None


async def _passed_before(tx: Transaction, row: ConversationRecord) -> bool:
    leg = await routing.active_leg(tx, row.id)
    return leg is not None and leg.transfers > 0
