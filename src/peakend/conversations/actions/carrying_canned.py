"""Canned replies carried in and out as a table, recognised by shortcut and whose they are."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import teams
from peakend.conversations.actions.cards import WrongRich
from peakend.conversations.actions.labels import add_canned_reply, change_canned_reply
from peakend.conversations.rules.rich import Rich
from peakend.kernel.carrying import (
    Carried,
    CarriedOut,
    CarryColumn,
    CarryFault,
    CarryKind,
    CarryRow,
    Rule,
    alone,
    carries,
    carry_column,
    chosen_word,
    fault_of,
    said,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import PeakendError
from peakend.kernel.files import FileNotFound

_SCOPES = ("all", "team", "own")
_LANGUAGES = ("zh-CN", "en")
_FIELDS = "id, shortcut, title, body, card, scope, team_id, language"
_KNOWN = f"""
SELECT {_FIELDS} FROM canned_reply
WHERE organisation_id = current_organisation() AND lower(shortcut) = ANY($1::text[])
  AND (scope <> 'own' OR member_id = $2)
ORDER BY id
"""  # noqa: S608 (names of columns only)
_AFTER = f"""
SELECT {_FIELDS} FROM canned_reply
WHERE organisation_id = current_organisation() AND ($1::uuid IS NULL OR id > $1)
  AND (scope <> 'own' OR member_id = $2)
  AND ($3 = '' OR strpos(lower(title), lower($3)) > 0 OR strpos(lower(shortcut), lower($3)) > 0)
ORDER BY id LIMIT $4
"""  # noqa: S608 (names of columns only)


class _Canned(msgspec.Struct, frozen=True):
    id: UUID
    shortcut: str
    title: str
    body: str
    card: Any
    scope: str
    team_id: UUID | None
    language: str


async def columns(tx: Transaction) -> list[CarryColumn]:
    """Return what a table of canned replies may hold."""
    return [
        carry_column("conversations", "shortcut", needed=True, matches=True),
        carry_column("conversations", "title", needed=True),
        carry_column("conversations", "body", needed=True),
        carry_column("conversations", "scope"),
        carry_column("conversations", "team"),
        carry_column("conversations", "language"),
        carry_column("conversations", "card"),
    ]


def key_of(values: dict[str, str], match: str) -> str | None:
    """Return what no two rows of one table may share."""
    if not values.get("shortcut"):
        return None
    place = chosen_word("conversations", "scope", _SCOPES, values.get("scope", ""))
    team = values.get("team", "").casefold()
    place = place or ("team" if team else "all")
    return "\x1f".join((values["shortcut"].casefold(), place, team if place == "team" else ""))


async def carry_in(
    tx: Transaction, rows: Sequence[CarryRow], rule: Rule, match: str
) -> list[Carried]:
    """Write a portion of canned replies; `own` are those of whoever carries."""
    teams_by_name = {one.name.casefold(): one.id for one in await teams(tx)}
    known: dict[tuple[str, str, UUID | None], _Canned] = {}
    wanted = [row.values["shortcut"].lower() for row in rows]
    for one in await tx.all(_Canned, _KNOWN, wanted, tx.actor.id):
        known.setdefault((one.shortcut.lower(), one.scope, one.team_id), one)
    done = []
    for row in rows:
        given = _given(row.values, teams_by_name)
        if isinstance(given, CarryFault):
            done.append(Carried(line=row.line, what="wrong", fault=given))
            continue
        old = known.get((given["shortcut"].lower(), given["scope"], given["team_id"]))
        done.append(await _put(tx, row, given, old, rule))
    return done


def _given(values: dict[str, str], teams_by_name: dict[str, UUID]) -> dict[str, Any] | CarryFault:
    team = values.get("team", "")
    team_id = teams_by_name.get(" ".join(team.split()).casefold())
    if team and team_id is None:
        return CarryFault("team", "conversations.carry_no_team", {"value": team[:60]})
    told = values.get("scope", "")
    scope = chosen_word("conversations", "scope", _SCOPES, told) if told else None
    if told and scope is None:
        return CarryFault("scope", "conversations.carry_wrong_scope", {"value": told[:60]})
    scope = scope or ("team" if team_id else "all")
    if scope == "team" and team_id is None:
        return CarryFault("team", "exchange.needed")
    told = values.get("language", "")
    language = chosen_word("conversations", "language", _LANGUAGES, told) if told else None
    if told and language is None:
        return CarryFault("language", "conversations.carry_wrong_language", {"value": told[:60]})
    card = _card_of(values.get("card", ""))
    if isinstance(card, CarryFault):
        return card
    return {
        "shortcut": values["shortcut"],
        "title": values["title"],
        "body": values["body"],
        "card": card,
        "scope": scope,
        "team_id": team_id if scope == "team" else None,
        "language": language,
    }


def _card_of(told: str) -> Rich | CarryFault | None:
    """Return the card of a cell as it went out; an empty cell leaves the card as it is."""
    if not told.strip():
        return None
    try:
        return msgspec.structs.replace(msgspec.json.decode(told, type=Rich), intro="")
    except (msgspec.MsgspecError, ValueError):
        return CarryFault("card", "conversations.carry_wrong_card")


def _refused(why: PeakendError) -> CarryFault:
    """Return a fault in the column that it is about."""
    if isinstance(why, WrongRich | FileNotFound):
        return CarryFault("card", "conversations.carry_wrong_card")
    return fault_of(why, "body")


async def _put(
    tx: Transaction, row: CarryRow, given: dict[str, Any], old: _Canned | None, rule: Rule
) -> Carried:
    if old is None:
        made: list[UUID] = []
        wanted = {**given, "language": given["language"] or "zh-CN"}

        async def add() -> None:
            made.append(await add_canned_reply(tx, **wanted, by=tx.actor))

        refused = await alone(tx, add())
        if refused is None:
            return Carried(line=row.line, what="new", id=made[0])
        return Carried(line=row.line, what="wrong", fault=_refused(refused))
    changes = {
        name: given[name]
        for name in ("title", "body", "language")
        if given[name] and given[name] != getattr(old, name)
    }
    if given["card"] is not None and msgspec.to_builtins(given["card"]) != old.card:
        changes["card"] = given["card"]
    # Nothing of a canned reply is ever empty: there is nothing to fill.
    if rule != "overwrite" or not changes:
        return Carried(line=row.line, what="same", id=old.id)
    refused = await alone(
        tx, change_canned_reply(tx, canned_reply_id=old.id, changes=changes, by=tx.actor)
    )
    if refused is not None:
        return Carried(line=row.line, what="wrong", fault=_refused(refused))
    return Carried(line=row.line, what="changed", id=old.id)


async def carry_out(tx: Transaction, cursor: str | None, most: int, search: str) -> CarriedOut:
    """Return a portion of canned replies: everybody's, the teams' and one's own."""
    names = {one.id: one.name for one in await teams(tx)}
    found = await tx.all(
        _Canned, _AFTER, UUID(cursor) if cursor else None, tx.actor.id, search, most
    )
    language = tx.actor.language
    rows = [
        (
            one.id,
            {
                "shortcut": one.shortcut,
                "title": one.title,
                "body": one.body,
                "scope": said("conversations", "scope", one.scope, language),
                "team": names.get(one.team_id, "") if one.team_id else "",
                "language": said("conversations", "language", one.language, language),
                "card": msgspec.json.encode(one.card).decode() if one.card else "",
            },
        )
        for one in found
    ]
    return CarriedOut(rows, str(rows[-1][0]) if len(found) == most else None)


carries(
    CarryKind(
        code="canned", position=40, permission="knowledge.edit", columns=columns,
        put=carry_in, give=carry_out, key_of=key_of,
    )
)  # fmt: skip
