"""What cases hold about persons: what they asked for, what was written down and told."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.files import remove_files
from peakend.kernel.personal import About, Held, holds, plain

_OF = {
    "customer": "SELECT id FROM service_case"
    " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)",
    "conversation": "SELECT id FROM service_case"
    " WHERE organisation_id = current_organisation() AND conversation_id = ANY($1)",
}


class _Files(msgspec.Struct, frozen=True):
    files: list[dict[str, Any]]


def _entries(about: str) -> Any:
    async def erase(tx: Transaction, ids: list[UUID]) -> int:
        rows = await tx.all(
            _Files,
            "DELETE FROM case_entry WHERE organisation_id = current_organisation()"
            f" AND case_id IN ({_OF[about]}) RETURNING files",
            ids,
        )
        await remove_files(tx, [UUID(file["id"]) for row in rows for file in row.files])
        return len(rows)

    return erase


_ABOUT: tuple[About, ...] = ("customer", "conversation")
for _about in _ABOUT:
    holds(
        Held(table="case_entry", of="messages", about=_about, erase=_entries(_about),
             find="SELECT organisation_id, kind, words, visible, at FROM case_entry"
             f" WHERE organisation_id = current_organisation() AND case_id IN ({_OF[_about]})"),
        Held(table="case_inform", of="messages", about=_about,
             erase="UPDATE case_inform SET words = ''"
             f" WHERE organisation_id = current_organisation() AND case_id IN ({_OF[_about]})"
             " AND words <> ''",
             empties=("words",), stays=("channel",),
             find="SELECT organisation_id, channel, words, at FROM case_inform"
             f" WHERE organisation_id = current_organisation() AND case_id IN ({_OF[_about]})"
             " AND words <> ''"),
        # The row stays: that there was a case, and whether it was kept, is the house's to count.
        Held(table="service_case", of="messages", about=_about,
             erase="UPDATE service_case SET title = '', description = '', not_informed_reason = '',"
             " version = version + 1"
             f" WHERE organisation_id = current_organisation() AND id IN ({_OF[_about]})"
             " AND (title <> '' OR description <> '' OR not_informed_reason <> '')",
             empties=("title", "description", "not_informed_reason"),
             stays=("channel", "priority", "state", "closed_how", "not_informed_why"),
             find="SELECT organisation_id, number, title, description, state, opened_at, closed_at"
             f" FROM service_case WHERE organisation_id = current_organisation()"
             f" AND id IN ({_OF[_about]})"
             " AND (title <> '' OR description <> '' OR not_informed_reason <> '')"),
    )  # fmt: skip

for _about in _ABOUT:
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


for _about in _ABOUT:
    _hangs = "customer_id" if _about == "customer" else "conversation_id"
    holds(
        Held(table="promise", of="messages", about=_about, empties=("words",),
             stays=("kind", "state", "withdrawn_why"),
             erase="UPDATE promise SET words = '', version = version + 1"
             f" WHERE organisation_id = current_organisation() AND {_hangs} = ANY($1)"
             " AND words <> ''",
             find="SELECT organisation_id, kind, words, state, made_at, due_at FROM promise"
             f" WHERE organisation_id = current_organisation() AND {_hangs} = ANY($1)"
             " AND words <> ''"),
        Held(table="urge", of="messages", about=_about, empties=("words", "said"),
             stays=("by", "channel", "rule"),
             erase="UPDATE urge SET words = '', said = ''"
             f" WHERE organisation_id = current_organisation() AND case_id IN ({_OF[_about]})"
             " AND (words <> '' OR said <> '')",
             find="SELECT organisation_id, channel, words, at FROM urge"
             f" WHERE organisation_id = current_organisation() AND case_id IN ({_OF[_about]})"
             " AND words <> ''"),
    )  # fmt: skip
plain("numbers", "progress_link", "repeat_denial")
plain("settings", "repeat_rule")
for _about in _ABOUT:
    _STEPS = f" WHERE organisation_id = current_organisation() AND case_id IN ({_OF[_about]})"
    # Words of a template are the house's; those of a step that somebody added may be about him.
    _OWN = " CASE WHEN template_id IS NULL THEN '' ELSE {0} END"
    _HELD = " AND (outcome <> '' OR template_id IS NULL AND title_zh || words_zh || words_en <> '')"
    holds(
        Held(table="case_step", of="messages", about=_about,
             erase="UPDATE case_step SET outcome = '',"
             + ",".join(f" {name} =" + _OWN.format(name)
                        for name in ("title_zh", "title_en", "words_zh", "words_en"))
             + _STEPS + _HELD,
             empties=("outcome", "title_zh", "title_en", "words_zh", "words_en"),
             stays=("key", "who", "state", "after", "checklist"),
             find="SELECT organisation_id, title_zh, outcome, state, over_at FROM case_step"
             + _STEPS + _HELD),
        Held(table="case_guest", of="messages", about=_about,
             erase="UPDATE case_guest SET name = '', company = ''" + _STEPS
             + " AND (name <> '' OR company <> '')",
             empties=("name", "company"),
             find="SELECT organisation_id, made_at, expires_at FROM case_guest" + _STEPS
             + " AND (name <> '' OR company <> '')"),
    )  # fmt: skip
