"""Routes of helps: what fits now, what became of it, the words, and the numbers."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import Parameter
from msgspec import Meta

from peakend.assist import actions, queries
from peakend.assist.rules.helps import KINDS, HelpRule, HelpRules, Outcome
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.limits import spend
from peakend.kernel.permissions import needs

Texts = Annotated[list[Annotated[str, Meta(max_length=400)]], Meta(max_length=40)]


class HelpRuleGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Whether one kind of help is offered, and with which words."""

    on: bool
    zh: Texts = []
    en: Texts = []


class HelpRulesGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Every kind of help, and the version that was looked at."""

    feel: HelpRuleGiven
    confirm: HelpRuleGiven
    teach: HelpRuleGiven
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]

    def rules(self) -> HelpRules:
        """Return the rules as the action takes them."""
        given = {kind: msgspec.structs.asdict(getattr(self, kind)) for kind in KINDS}
        return HelpRules(**{kind: HelpRule(**one) for kind, one in given.items()})


class HelpRulesShown(HelpRules, frozen=True, kw_only=True):
    """Every kind of help; version 0 is what nobody has changed yet."""

    version: int


class OutcomeGiven(msgspec.Struct, forbid_unknown_fields=True):
    """What the agent did with a help."""

    outcome: Outcome


@post(
    "/conversations/{conversation_id:uuid}/helps",
    summary="What could be said now",
    opt=needs("conversations.reply"),
    status_code=200,
)
async def offer_helps(conversation_id: UUID, actor: Actor, tx: Transaction) -> list[actions.Help]:
    await spend(f"helps:{actor.organisation_id}:{actor.id}", rate=2, burst=40)
    return await actions.offer_helps(tx, conversation_id=conversation_id, by=actor)


@post(
    "/reply-helps/{help_id:uuid}/outcomes",
    summary="Say what became of a help",
    opt=needs("conversations.reply"),
    status_code=204,
)
async def answer_help(help_id: UUID, data: OutcomeGiven, actor: Actor, tx: Transaction) -> None:
    await actions.answer_help(tx, help_id=help_id, outcome=data.outcome, by=actor)


@get("/reply-helps/report", summary="How helps are taken", opt=needs("insight.wallboard"))
async def help_report(
    tx: Transaction, days: Annotated[int, Parameter(ge=1, le=366)] = 30
) -> list[queries.HelpCounts]:
    return await queries.help_report(tx, now=tx.now, days=days)


@get("/reply-help-rules", summary="Which helps are offered", opt=needs("insight.wallboard"))
async def help_rules(tx: Transaction) -> HelpRulesShown:
    return await _rules(tx)


@put("/reply-help-rules", summary="Decide which helps are offered", opt=needs("settings.manage"))
async def set_help_rules(tx: Transaction, data: HelpRulesGiven) -> HelpRulesShown:
    await actions.set_help_rules(tx, rules=data.rules(), version=data.version)
    return await _rules(tx)


async def _rules(tx: Transaction) -> HelpRulesShown:
    care = await queries.fresh_care(tx)
    given = {kind: getattr(care.helps, kind) for kind in KINDS}
    return HelpRulesShown(**given, version=care.versions.get("helps", 0))


routes = [offer_helps, answer_help, help_report, help_rules, set_help_rules]
