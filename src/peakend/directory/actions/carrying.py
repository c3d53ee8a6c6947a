"""The directory carried in and out as a table, recognised by its Chinese names.

A table vouches for nothing: what is new in it has to be looked at by its owner, and what is there
stays as well vouched for as it was. When and by whom it was is carried out only.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts import queries as accounts
from peakend.conversations.queries import ShownReason, reason_tree
from peakend.directory.actions.keeping import EntryText, add_entry, change_entry
from peakend.directory.queries import DirectoryEntry, EntryRow, entries_after, entries_named
from peakend.directory.rules import KINDS, TARGET_KINDS, is_link, is_mail, is_phone, plain_line
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
from peakend.routing import queries as routing

_TEXTS = {
    "name_zh": 80, "name_en": 80, "competence": 1000, "competence_en": 1000, "power": 1000,
    "power_en": 1000, "hours_text": 200, "hours_text_en": 200, "phone": 80, "mail": 200,
    "link": 500, "note": 1000, "note_en": 1000,
}  # fmt: skip
_FORMS: dict[str, Callable[[str], bool]] = {"phone": is_phone, "mail": is_mail, "link": is_link}
# In the order of a table; the last three are what somebody vouched for.
_KEYS = (
    "name_zh", "name_en", "kind", "owner", "competence", "competence_en", "reasons", "power",
    "power_en", "limit", "hours", "hours_text", "hours_text_en", "target_kind", "target", "phone",
    "mail", "link", "note", "note_en", "term", "verified_on", "verified_by", "due_on",
)  # fmt: skip
_VOUCHED = _KEYS[-3:]
# Which column of a table is which of an entry.
_SAID = {
    "kind": "kind", "owner": "owner_id", "reasons": "reason_ids", "limit": "limit_fen",
    "hours": "hours_id", "target_kind": "target_kind", "target": "target_id", "term": "term_d",
}  # fmt: skip
_COLUMN_OF = {name: key for key, name in _SAID.items()}
_AND, _BELOW = "; ", " / "
_BETWEEN = re.compile(r"[;；\n]+")
_AMOUNT = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,2})?")
_LONGEST_TERM = 730

Named = dict[str, UUID | None]


class _Wrong(Exception):
    """What a cell says cannot be; caught for each row."""

    def __init__(self, column: str, wording: str, **params: Any) -> None:
        self.fault = CarryFault(column, f"directory.carry_{wording}", params)
        super().__init__(wording)


class _House(msgspec.Struct, frozen=True):
    """What rows are told in words: names that several have are in no case meant."""

    people: Named
    reasons: Named
    hours: Named
    targets: dict[str, Named]


async def columns(tx: Transaction) -> list[CarryColumn]:
    """Return what a table of the directory may hold."""
    found = [
        carry_column("directory", key, needed=key == "name_zh", matches=key == "name_zh")
        for key in _KEYS
    ]
    return [msgspec.structs.replace(one, only_out=one.key in _VOUCHED) for one in found]


def key_of(values: dict[str, str], match: str) -> str | None:
    """Return what no two rows of one table may share."""
    return plain_line(values["name_zh"]).lower() if values.get("name_zh") else None


async def carry_in(
    tx: Transaction, rows: Sequence[CarryRow], rule: Rule, match: str
) -> list[Carried]:
    """Write a portion of entries down."""
    house = await _house(tx)
    names = [plain_line(row.values["name_zh"]).lower() for row in rows]
    known: dict[str, list[EntryRow]] = {}
    for one in await entries_named(tx, names):
        known.setdefault(one.name_zh.lower(), []).append(one)
    done = []
    for row, name in zip(rows, names, strict=True):
        same = known.get(name, [])
        try:
            if len(same) > 1:
                raise _Wrong("name_zh", "several", value=row.values["name_zh"][:60])
            given = _given(row.values, house, same[0] if same else None)
            done.append(await _put(tx, row, given, same[0] if same else None, rule))
        except _Wrong as wrong:
            done.append(Carried(line=row.line, what="wrong", fault=wrong.fault))
    return done


async def _put(
    tx: Transaction, row: CarryRow, given: dict[str, Any], old: EntryRow | None, rule: Rule
) -> Carried:
    if old is None:
        text = EntryText(**{"kind": "department", **given})
        refused = await alone(tx, add_entry(tx, entry=text, by=tx.actor, verified=False))
        what = Carried(line=row.line, what="new")
    else:
        changes = {name: one for name, one in given.items() if _other(old, name, one, rule)}
        if {"target_kind", "target_id"} & changes.keys():
            changes |= {name: given[name] for name in ("target_kind", "target_id")}
        if not changes:
            return Carried(line=row.line, what="same", id=old.id)
        work = change_entry(tx, entry_id=old.id, changes=changes, by=tx.actor, version=old.version)
        refused = await alone(tx, work)
        what = Carried(line=row.line, what="changed", id=old.id)
    if refused is None:
        return what
    field = next(iter(refused.fields or {"name_zh": ""}))
    fault = fault_of(refused, _COLUMN_OF.get(field, field))
    return Carried(line=row.line, what="wrong", fault=fault)


def _other(old: EntryRow, name: str, value: Any, rule: Rule) -> bool:
    """Say whether a cell changes an entry: where nothing is overwritten, only what is empty."""
    before = getattr(old, name)
    if name == "reason_ids":
        before, value = sorted(before), sorted(value)
    return value != before and (
        rule == "overwrite" or (rule == "fill" and before in ("", None, []))
    )


async def _house(tx: Transaction) -> _House:
    people = await accounts.members(tx, active_only=True)
    tree = {node.id: node for node in (await reason_tree(tx)).nodes}
    named = [(one.name, one.id) for one in people]
    return _House(
        people=_named([*named, *((one.login, one.id) for one in people)]),
        reasons=_named(_reason_names(tree)),
        hours=_named((one.name, one.id) for one in await routing.business_hours(tx)),
        targets={
            "queue": _named((one.name, one.id) for one in await routing.queues(tx)),
            "team": _named((one.name, one.id) for one in await accounts.teams(tx)),
            "agent": _named(named),
        },
    )


def _reason_names(tree: Mapping[UUID, ShownReason]) -> list[tuple[str, UUID]]:
    """Return what each reason may be called in either language, with what is above it or not."""
    found = []
    for node in tree.values():
        if not node.active:
            continue
        for name in ("name_zh", "name_en"):
            if getattr(node, name):
                above = _path(tree, node.id, name)
                found += [(getattr(node, name), node.id), (_BELOW.join(above), node.id)]
    return found


def _path(tree: Mapping[UUID, ShownReason], reason_id: UUID | None, name: str) -> list[str]:
    node = tree.get(reason_id) if reason_id else None
    return [*_path(tree, node.parent_id, name), getattr(node, name)] if node else []


def _named(pairs: Iterable[tuple[str, UUID]]) -> Named:
    found: Named = {}
    for name, one in pairs:
        key = plain_line(name).casefold()
        found[key] = None if found.get(key, one) != one else one
    return found


def _given(values: dict[str, str], house: _House, old: EntryRow | None) -> dict[str, Any]:
    """Return what a row says of an entry; what it leaves empty it does not speak of."""
    found: dict[str, Any] = {}
    for key, most in _TEXTS.items():
        if key not in values:
            continue
        if len(values[key]) > most:
            raise _Wrong(key, "too_long", most=most)
        if key in _FORMS and not _FORMS[key](plain_line(values[key])):
            raise _Wrong(key, f"wrong_{key}", value=values[key][:60])
        found[key] = values[key].strip()
    for key, codes in (("kind", KINDS), ("target_kind", TARGET_KINDS)):
        if key in values:
            found[key] = chosen_word("directory", key, codes, values[key])
            if found[key] is None:
                raise _Wrong(key, f"wrong_{key}", value=values[key][:60])
    for key, known in (("owner", house.people), ("hours", house.hours)):
        if key in values:
            found[_SAID[key]] = _one(key, values[key], known)
    if "reasons" in values:
        names = [one for one in map(plain_line, _BETWEEN.split(values["reasons"])) if one]
        ids = [_one("reasons", one, house.reasons) for one in names]
        found["reason_ids"] = list(dict.fromkeys(ids))
    if "limit" in values:
        found["limit_fen"] = _fen(values["limit"])
    if "term" in values:
        found["term_d"] = _days(values["term"])
    return found | _target(values, found, house, old)


def _target(
    values: dict[str, str], found: dict[str, Any], house: _House, old: EntryRow | None
) -> dict[str, Any]:
    if "target" not in values:
        if "target_kind" in found and (old is None or old.target_kind != found["target_kind"]):
            raise _Wrong("target", "target_missing")
        found.pop("target_kind", None)
        return {}
    kind = found.get("target_kind") or (old.target_kind if old else None)
    if kind is None:
        raise _Wrong("target_kind", "no_target_kind")
    return {"target_kind": kind, "target_id": _one("target", values["target"], house.targets[kind])}


def _one(column: str, name: str, known: Named) -> UUID:
    key = plain_line(name).casefold()
    if key not in known:
        raise _Wrong(column, f"no_{column}", value=name[:60])
    found = known[key]
    if found is None:
        raise _Wrong(column, "several", value=name[:60])
    return found


def _fen(cell: str) -> int:
    plain = cell.replace(",", "").replace("，", "").strip().strip("¥￥元 ")
    if not _AMOUNT.fullmatch(plain):
        raise _Wrong("limit", "wrong_limit", value=cell[:60])
    yuan, _, part = plain.partition(".")
    return int(yuan) * 100 + int(part.ljust(2, "0") or 0)


def _days(cell: str) -> int:
    plain = cell.strip().removesuffix("天").removesuffix("days").strip()
    if not (plain.isascii() and plain.isdigit() and 1 <= int(plain[:5]) <= _LONGEST_TERM):
        raise _Wrong("term", "wrong_term", value=cell[:60], most=_LONGEST_TERM)
    return int(plain)


async def carry_out(tx: Transaction, cursor: str | None, most: int, search: str) -> CarriedOut:
    """Return a portion of the directory, in the order of the entries' ids."""
    found = await entries_after(tx, UUID(cursor) if cursor else None, most, search)
    tree = {node.id: node for node in (await reason_tree(tx)).nodes}
    rows = []
    for one in found:
        reasons = [
            _BELOW.join(_path(tree, reason, "label")) for reason in one.reason_ids if reason in tree
        ]
        rows.append((one.id, _cells(one, reasons, tx.actor.language)))
    return CarriedOut(rows, str(rows[-1][0]) if len(found) == most else None)


def _cells(one: DirectoryEntry, reasons: list[str], language: str) -> dict[str, str]:
    fen = one.limit_fen
    # A queue, team or person that is gone leads nowhere, and is not carried.
    kind = one.target_kind if one.target_name else None
    return {
        **{key: getattr(one, key) for key in _TEXTS},
        "kind": said("directory", "kind", one.kind, language),
        "owner": (one.owner_name or "") if one.owner_active else "",
        "reasons": _AND.join(reasons),
        "limit": "" if fen is None else f"{fen / 100:.2f}".removesuffix(".00"),
        "hours": one.hours_name or "",
        "target_kind": said("directory", "target_kind", kind, language) if kind else "",
        "target": one.target_name or "",
        "term": str(one.term_d),
        "verified_on": _day(one.verified_at) if one.verified_at else "",
        "verified_by": one.verified_by_name or "",
        "due_on": _day(one.due_at),
    }


def _day(at: datetime) -> str:
    return at.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat()


carries(
    CarryKind(
        code="directory", position=70, permission="directory.edit", columns=columns, put=carry_in,
        give=carry_out, key_of=key_of,
    )
)  # fmt: skip
