"""What cases hold about persons."""

from peakend.kernel.personal import Held, holds

for _about in ("customer", "conversation"):
    _REQUESTS = (
        " FROM approval_request WHERE organisation_id = current_organisation()"
        f" AND {_about}_id = ANY($1) AND (words <> '' OR answer <> '')"
    )
    # The row stays: that somebody asked, for how much and who let it pass, is the house's.
    holds(
        Held(table="approval_request", of="reasons", about=_about,
             erase="UPDATE approval_request SET words = '', answer = '' WHERE id IN"
             " (SELECT id" + _REQUESTS + ")",
             empties=("words", "answer"), stays=("kind", "currency", "who", "then", "state"),
             find="SELECT organisation_id, kind, words, answer, asked_at" + _REQUESTS),
    )  # fmt: skip
