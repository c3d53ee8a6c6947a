"""Routes of the wording guard: what replies are looked through for."""

from typing import Annotated

import msgspec
from litestar import get, put
from msgspec import Meta

from peakend.assist import actions, queries
from peakend.assist.rules.wording import KINDS, Level, WordingRule, WordingRules
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Terms = Annotated[list[Annotated[str, Meta(max_length=120)]], Meta(max_length=200)]


class WordingRuleGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How strictly one thing is looked for, and by which words."""

    level: Level
    zh: Terms = []
    en: Terms = []


class WordingRulesGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Everything that replies are looked through for, and the version that was looked at."""

    danger: WordingRuleGiven
    blame: WordingRuleGiven
    not_mine: WordingRuleGiven
    jargon: WordingRuleGiven
    vague: WordingRuleGiven
    honorific: WordingRuleGiven
    greeting: WordingRuleGiven
    punctuation: WordingRuleGiven
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]

    def rules(self) -> WordingRules:
        """Return the rules as the action takes them."""
        return WordingRules(
            **{kind: WordingRule(**msgspec.structs.asdict(getattr(self, kind))) for kind in KINDS}
        )


class WordingRulesShown(WordingRules, frozen=True, kw_only=True):
    """What replies are looked through for; version 0 is what nobody has changed yet."""

    version: int


@get(
    "/wording-rules",
    summary="What replies are looked through for",
    opt=needs("conversations.reply"),
)
async def wording_rules(tx: Transaction) -> WordingRulesShown:
    return await _rules(tx)


@put(
    "/wording-rules",
    summary="Decide what replies are looked through for",
    opt=needs("settings.manage"),
)
async def set_wording_rules(tx: Transaction, data: WordingRulesGiven) -> WordingRulesShown:
    await actions.set_wording_rules(tx, rules=data.rules(), version=data.version)
    return await _rules(tx)


async def _rules(tx: Transaction) -> WordingRulesShown:
    care = await queries.fresh_care(tx)
    given = {kind: getattr(care.wording, kind) for kind in KINDS}
    return WordingRulesShown(**given, version=care.versions.get("wording", 0))


routes = [wording_rules, set_wording_rules]
