"""Deciding how long complaints may take, and which words are the house's own."""

import msgspec

from peakend.accounts.actions import audit
from peakend.complaints.events import ComplaintRulesChanged
from peakend.complaints.rules.recording import (
    LONGEST_OWN_WORD,
    MOST_OWN_WORDS,
    ComplaintRules,
    tidy,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record

_SAVE = """
INSERT INTO complaint_rules AS r (kind, rules, updated_at) VALUES ('complaints', $1, $2)
ON CONFLICT (organisation_id, kind) DO UPDATE
SET rules = $1, updated_at = $2, version = r.version + 1
WHERE r.version = $3
RETURNING version
"""


class RulesStale(Conflict):
    """Somebody else changed the rules first."""

    wording = "complaints.rules_stale"


class WrongRules(Invalid):
    """A time or a list makes no sense."""

    wording = "complaints.wrong_rules"


async def set_rules(tx: Transaction, *, rules: ComplaintRules, version: int) -> None:
    """Decide about complaints; running clocks stay as they are. Errors: WrongRules, RulesStale."""
    for name in rules.clocks.__struct_fields__:
        if not 5 <= getattr(rules.clocks, name) <= 30 * 24 * 60:
            raise WrongRules(fields={name: "complaints.wrong_rules"})
    kept = {}
    for name in ("extreme_words", "ordinary_words"):
        kept[name] = tidy(getattr(rules, name))
        if len(kept[name]) > MOST_OWN_WORDS or any(len(w) > LONGEST_OWN_WORD for w in kept[name]):
            raise WrongRules(fields={name: "complaints.wrong_rules"})
    given = msgspec.to_builtins(msgspec.structs.replace(rules, **kept))
    saved = await tx.value(_SAVE, given, tx.now, version)
    if saved is None or saved != version + 1:
        raise RulesStale
    await audit(tx, "complaints.rules_changed", "complaint_rules", None, {"version": saved})
    await record(tx, ComplaintRulesChanged(by_id=tx.actor.id, rules_version=saved))
