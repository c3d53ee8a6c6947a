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

# Grants: what was given stays in the books; words of a person and the voucher's number go.
_GRANTS = """
FROM compensation_grant WHERE organisation_id = current_organisation()
  AND customer_id = ANY($1)
"""
holds(
    Held(
        table="compensation_grant", of="customers", about="customer",
        empties=("off_scheme_reason", "refused_words", "voucher_sealed"),
        stays=("once_key", "kind", "adapter", "unit", "currency", "state", "reason_code"),
        find="SELECT organisation_id, kind, amount, unit, currency, state, made_at, granted_at,"
        f" expires_at, refused_words {_GRANTS}",
        erase="UPDATE compensation_grant SET off_scheme_reason = '', refused_words = '',"
        " voucher_sealed = NULL"
        " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)",
    ),
)  # fmt: skip
