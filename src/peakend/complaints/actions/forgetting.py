"""What complaints hold about persons."""

from peakend.kernel.personal import Held, holds

_EXCEPTIONS = (
    " FROM policy_exception WHERE organisation_id = current_organisation()"
    " AND {about}_id = ANY($1) AND (reason <> '' OR answer <> '' OR outcome_words <> '')"
)
_THANKS = (
    " FROM flaw_thanks WHERE organisation_id = current_organisation() AND {about}_id = ANY($1)"
)

for _about in ("customer", "conversation"):
    _of, _said = _EXCEPTIONS.format(about=_about), _THANKS.format(about=_about)
    holds(
        # The row stays: which policy was broken and what that cost is the house's to learn from.
        Held(table="policy_exception", of="reasons", about=_about,
             erase="UPDATE policy_exception SET reason = '', answer = '', outcome_words = ''"
             " WHERE organisation_id = current_organisation() AND id IN (SELECT id" + _of + ")",
             empties=("reason", "answer", "outcome_words"),
             stays=("currency", "state", "outcome"),
             find="SELECT organisation_id, reason, answer, outcome_words, asked_at" + _of),
        Held(table="flaw_thanks", of="messages", about=_about,
             erase="DELETE" + _said, find="SELECT organisation_id, words, flaw, at" + _said),
    )  # fmt: skip
