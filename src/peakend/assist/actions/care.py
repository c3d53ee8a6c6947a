"""Deciding what is watched for; every kind of rules has its own version."""

from typing import Any

import msgspec

from peakend.accounts.actions import audit
from peakend.assist import queries
from peakend.assist.events import CareRulesChanged
from peakend.assist.rules.watching import MOST_WORDS, WatchRules, tidy
from peakend.assist.rules.wording import (
    ARROW,
    KINDS,
    LONGEST_TERM,
    MOST_TERMS,
    WordingRule,
    WordingRules,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record

_SAVE = """
INSERT INTO care_rules AS c (kind, rules, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (organisation_id, kind) DO UPDATE
SET rules = $2, updated_at = $3, version = c.version + 1
WHERE c.version = $4
RETURNING version
"""


class CareStale(Conflict):
    """Somebody else changed the rules first."""

    wording = "assist.care_stale"


class WrongRules(Invalid):
    """A list is too long, or a number makes no sense."""

    wording = "assist.wrong_rules"


async def set_watch_rules(tx: Transaction, *, rules: WatchRules, version: int) -> None:
    """Decide what calls a supervisor. Errors: WrongRules, CareStale."""
    names = ("upset_zh", "upset_en", "grave_zh", "grave_en")
    kept = {name: tidy(getattr(rules, name)) for name in names}
    long = next((name for name, words in kept.items() if len(words) > MOST_WORDS), None)
    if long is not None:
        raise WrongRules(fields={long: "assist.wrong_rules"})
    bounds = {
        "silent_s": (30, 86_400), "lost_from": (1, 10), "person_from": (1, 10),
        "passed_from": (2, 10),
    }  # fmt: skip
    for name, (least, most) in bounds.items():
        if not least <= getattr(rules, name) <= most:
            raise WrongRules(fields={name: "assist.wrong_rules"})
    await save_rules(tx, "watch", msgspec.structs.replace(rules, **kept), version)


async def set_wording_rules(tx: Transaction, *, rules: WordingRules, version: int) -> None:
    """Decide what replies are looked through for. Errors: WrongRules, CareStale."""
    kept = {}
    for kind in KINDS:
        rule: WordingRule = getattr(rules, kind)
        zh, en = (
            list(dict.fromkeys(term.strip() for term in terms if term.strip(" …" + ARROW)))
            for terms in (rule.zh, rule.en)
        )
        if max(len(zh), len(en)) > MOST_TERMS or any(len(t) > LONGEST_TERM for t in zh + en):
            raise WrongRules(fields={kind: "assist.wrong_rules"})
        kept[kind] = WordingRule(level=rule.level, zh=zh, en=en)
    await save_rules(tx, "wording", WordingRules(**kept), version)


async def save_rules(tx: Transaction, kind: str, rules: Any, version: int) -> None:
    """Keep rules of one kind; version 0 is what nobody has changed yet. Errors: CareStale."""
    saved = await tx.value(_SAVE, kind, msgspec.to_builtins(rules), tx.now, version)
    if saved is None or saved != version + 1:
        raise CareStale
    queries.forget_care(tx.organisation_id)
    await audit(tx, "care.changed", "care_rules", None, {"kind": kind, "version": saved})
    await record(tx, CareRulesChanged(by_id=tx.actor.id, kind=kind, rules_version=saved))
