"""Whom the demo's people can turn to: the contact directory, with two entries that are overdue."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from peakend.directory import actions as directory
from peakend.directory.actions import EntryText
from peakend.entry.demo.material import content
from peakend.entry.demo.rights import leading
from peakend.kernel.db import Transaction

Named = Mapping[str, UUID]


async def write_directory(
    tx: Transaction,
    *,
    since_d: int,
    members: Named,
    teams: Named,
    queues: Named,
    reason_id: Callable[[UUID, str], UUID],
) -> None:
    """Write down the entries of the content, each on the day its owner vouched for it.

    Units: days; the transaction stands so many days before today.
    """
    system, begun = tx.actor, tx.now
    places: dict[str, Named] = {"queue": queues, "team": teams, "agent": members}
    for one in content("directory")["entry"]:
        tx.actor = leading(tx.organisation_id, members[one["owner"]])
        tx.now = begun + timedelta(days=since_d - one["age"])
        text = _text(one, tx.organisation_id, members, queues, places, reason_id)
        await directory.add_entry(tx, entry=text, by=tx.actor)
    tx.actor, tx.now = system, begun


def _text(
    one: dict[str, Any],
    organisation_id: UUID,
    members: Named,
    queues: Named,
    places: Mapping[str, Named],
    reason_id: Callable[[UUID, str], UUID],
) -> EntryText:
    to = one.get("to")
    return EntryText(
        kind=one["kind"],
        name_zh=one["zh"],
        name_en=one["en"],
        owner_id=members[one["owner"]],
        competence=one["competence"],
        competence_en=one["competence_en"],
        reason_ids=[reason_id(organisation_id, key) for key in one["reasons"]],
        power=one["power"],
        power_en=one["power_en"],
        limit_fen=one["limit_yuan"] * 100 if "limit_yuan" in one else None,
        hours_id=queues[f"hours/{one['hours']}"] if "hours" in one else None,
        hours_text=one.get("hours_text", ""),
        hours_text_en=one.get("hours_text_en", ""),
        target_kind=to["kind"] if to else None,
        target_id=places[to["kind"]][to["key"]] if to else None,
        phone=one.get("phone", ""),
        mail=one.get("mail", ""),
        link=one.get("link", ""),
        note=one.get("note", ""),
        note_en=one.get("note_en", ""),
        term_d=one["term"],
    )
