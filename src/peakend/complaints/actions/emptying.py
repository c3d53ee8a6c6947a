"""What complaints hold about persons: what they complained of, what was said to settle it."""

from peakend.kernel.personal import About, Held, holds, plain

_OF = {
    "customer": "SELECT id FROM complaint"
    " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)",
    "conversation": "SELECT id FROM complaint"
    " WHERE organisation_id = current_organisation() AND conversation_id = ANY($1)",
}

plain("settings", "complaint_rules")

_EMPTY = {
    "complaint": "UPDATE complaint SET words = '', why = '[]', version = version + 1",
    "settlement_step": "UPDATE settlement_step SET words = ''",
    "complaint_review": "UPDATE complaint_review SET words = ''",
}
_FIND = {
    "complaint": "SELECT organisation_id, number, words, tier, kind, state, filed_at, closed_at",
    "settlement_step": "SELECT organisation_id, kind, words, at",
    "complaint_review": "SELECT organisation_id, finding, words, set_at",
}
_WHERE = {
    "complaint": "id IN ({of}) AND (words <> '' OR why <> '[]')",
    "settlement_step": "complaint_id IN ({of}) AND words <> ''",
    "complaint_review": "complaint_id IN ({of}) AND words <> ''",
}
_STAYS = {
    "complaint": (
        "tier", "kind", "liability", "fault", "state", "suggested_tier", "suggested_kind",
        "solution",
    ),
    "settlement_step": ("kind", "solution"),
    "complaint_review": ("finding",),
}  # fmt: skip
_HOUSE = " WHERE organisation_id = current_organisation() AND "


def _held(table: str, about: About) -> Held:
    """Declare a table whose rows stay: that there was a complaint is the house's to count."""
    where = _HOUSE + _WHERE[table].format(of=_OF[about])
    return Held(
        table=table,
        of="messages",
        about=about,
        erase=_EMPTY[table] + where,
        empties=("words", "why") if table == "complaint" else ("words",),
        stays=_STAYS[table],
        find=f"{_FIND[table]} FROM {table}{where}",
    )


holds(
    *(_held(table, "customer") for table in _EMPTY),
    *(_held(table, "conversation") for table in _EMPTY),
)
