"""Customers carried in and out as a table: recognised by their own number, phone or mail address.

New ones are written many at a time; who is known already goes through the actions of the desk.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.customers.actions.customers import add_identity, change_customer
from peakend.customers.events import CustomerAdded, CustomerChanged, IdentityAdded
from peakend.customers.queries.carrying import (
    HeldIdentity,
    customers_after,
    customers_held,
    identities_held,
)
from peakend.customers.queries.sealing import blind_identity, sealed_identity
from peakend.customers.rules import (
    TIERS,
    Kind,
    clean_name,
    deciding,
    folded,
    grams,
    masked,
    normal,
    seen_identity,
    seen_name,
)
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
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.words import LANGUAGES

# The house's own number is the login that its pages vouch for: it is believed, the others are not.
_IDENTITIES: dict[str, Kind] = {
    "external_id": "login", "phone": "phone", "email": "email", "wechat": "wechat",
}  # fmt: skip
_PRIVATE = "customers.reveal"

_CUSTOMERS = """
INSERT INTO customer (id, name, folded, tier, language, since, known, verified)
SELECT n.id, n.name, n.folded, n.tier, n.language, n.since, true, n.verified
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
            $7::boolean[]) n (id, name, folded, tier, language, since, verified)
"""
_GRAMS = """
INSERT INTO customer_gram (gram, customer_id) SELECT * FROM unnest($1::text[], $2::uuid[])
"""
_NEW_IDENTITIES = """
INSERT INTO identity (id, customer_id, kind, value, blind, verified, created_at)
SELECT n.id, n.customer_id, n.kind, n.value, n.blind, n.kind = 'login', $6
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::bytea[])
     n (id, customer_id, kind, value, blind)
"""


class _Read(msgspec.Struct, kw_only=True):
    row: CarryRow
    identities: dict[str, tuple[Kind, str, bytes]]
    tier: str | None
    language: str | None
    since: datetime | None


async def columns(tx: Transaction) -> list[CarryColumn]:
    """Return what a table of customers may hold."""
    return [
        carry_column("customers", "external_id", matches=True),
        carry_column("customers", "name"),
        carry_column("customers", "phone", matches=True, private=_PRIVATE, mask=_mask("phone")),
        carry_column("customers", "email", matches=True, private=_PRIVATE, mask=_mask("email")),
        carry_column("customers", "wechat", private=_PRIVATE, mask=_mask("wechat")),
        carry_column("customers", "tier"),
        carry_column("customers", "language"),
        carry_column("customers", "since"),
    ]


def _mask(kind: Kind) -> Callable[[str], str]:
    return partial(masked, kind)


def key_of(values: dict[str, str], match: str) -> str | None:
    """Return what no two rows of one table may share."""
    key = deciding(values, match)
    if key is None:
        return None
    plain = normal(_IDENTITIES[key], values[key])
    return f"{key}:{plain}" if plain is not None else None


async def carry_in(
    tx: Transaction, rows: Sequence[CarryRow], rule: Rule, match: str
) -> list[Carried]:
    """Write a portion of customers: new ones together, known ones one by one."""
    found: dict[int, Carried] = {}
    read: list[_Read] = []
    for row in rows:
        one = _read(tx.organisation_id, row, match)
        if isinstance(one, CarryFault):
            found[row.line] = Carried(line=row.line, what="wrong", fault=one)
        else:
            read.append(one)
    blinds = [held[2] for one in read for held in one.identities.values()]
    held = await identities_held(tx, blinds)
    new: list[_Read] = []
    known: list[tuple[_Read, UUID]] = []
    logins: set[bytes] = set()
    for one in read:
        who = _who(one, held, match, logins)
        if isinstance(who, CarryFault):
            found[one.row.line] = Carried(line=one.row.line, what="wrong", fault=who)
        elif who is None:
            new.append(one)
        else:
            known.append((one, who))
    for line, made in zip((one.row.line for one in new), await _add(tx, new), strict=True):
        found[line] = Carried(line=line, what="new", id=made)
    for change in await _change_all(tx, known, rule):
        found[change.line] = change
    return [found[row.line] for row in rows]


def _read(organisation_id: UUID, row: CarryRow, match: str) -> _Read | CarryFault:
    values = row.values
    if deciding(values, match) is None:
        return CarryFault(match, "customers.carry_no_key")
    identities: dict[str, tuple[Kind, str, bytes]] = {}
    for key, kind in _IDENTITIES.items():
        given = values.get(key)
        if not given:
            continue
        plain = normal(kind, given)
        if plain is None:
            short = key == "phone" and "e+" in given.casefold()
            why = "customers.carry_shortened" if short else f"customers.carry_wrong_{key}"
            return CarryFault(key, why, {"value": given[:60]})
        identities[key] = (kind, plain, blind_identity(organisation_id, kind, plain))
    tier, language, since = values.get("tier"), values.get("language"), values.get("since")
    told_tier = chosen_word("customers", "tier", TIERS, tier) if tier else None
    told_language = chosen_word("customers", "language", LANGUAGES, language) if language else None
    told_since = _moment(since) if since else None
    for key, given, told in (
        ("tier", tier, told_tier),
        ("language", language, told_language),
        ("since", since, told_since),
    ):
        if given and told is None:
            return CarryFault(key, f"customers.carry_wrong_{key}", {"value": given[:60]})
    return _Read(
        row=row, identities=identities, tier=told_tier, language=told_language, since=told_since
    )


def _moment(text: str) -> datetime | None:
    plain = text.strip().replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-")
    parts = plain.partition(" ")[0].partition("T")[0].replace(".", "-").split("-")
    try:
        day = date(*(int(part) for part in parts))
    except (ValueError, TypeError):
        return None
    if not 1900 <= day.year <= 2200:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Asia/Shanghai"))


def _who(
    one: _Read, held: dict[bytes, list[HeldIdentity]], match: str, logins: set[bytes]
) -> UUID | CarryFault | None:
    key = deciding(one.row.values, match)
    assert key is not None
    own = [
        row for row in held.get(one.identities[key][2], []) if key != "external_id" or row.verified
    ]
    people = {row.customer_id for row in own}
    if len(people) > 1:
        return CarryFault(key, "customers.carry_several", {"count": len(people)})
    who = next(iter(people), None)
    login = one.identities.get("external_id")
    if login is not None:
        owners = {row.customer_id for row in held.get(login[2], []) if row.verified}
        if owners - {who} or login[2] in logins:
            return CarryFault("external_id", "customers.identity_taken")
        logins.add(login[2])
    return who


async def _add(tx: Transaction, new: Sequence[_Read]) -> list[UUID]:
    if not new:
        return []
    ids = [new_id() for _ in new]
    names = [clean_name(one.row.values.get("name", ""))[:60] for one in new]
    await tx.run(
        _CUSTOMERS,
        ids,
        names,
        [folded(name) for name in names],
        [one.tier or "standard" for one in new],
        [one.language or "zh-CN" for one in new],
        [one.since or tx.now for one in new],
        ["external_id" in one.identities for one in new],
    )
    pairs = [
        (gram, of) for of, name in zip(ids, names, strict=True) for gram in sorted(grams(name))
    ]
    await tx.run(_GRAMS, [gram for gram, _ in pairs], [of for _, of in pairs])
    rows: list[tuple[Any, ...]] = []
    for of, one in zip(ids, new, strict=True):
        await record(tx, CustomerAdded(customer_id=of))
        for kind, plain, blind in one.identities.values():
            made = new_id()
            rows.append((made, of, kind, sealed_identity(tx.organisation_id, made, plain), blind))
            verified = kind == "login"
            await record(
                tx,
                IdentityAdded(customer_id=of, identity_id=made, kind=kind, verified=verified),
            )
    await tx.run(_NEW_IDENTITIES, *map(list, zip(*rows, strict=True)), tx.now)
    return ids


async def _change_all(
    tx: Transaction, known: Sequence[tuple[_Read, UUID]], rule: Rule
) -> list[Carried]:
    done = []
    for one, who in known:
        line = one.row.line
        if rule == "skip":
            done.append(Carried(line=line, what="same", id=who))
            continue
        changed: list[bool] = []
        refused = await alone(tx, _change(tx, one, who, rule, changed))
        if isinstance(refused, PeakendError):
            fault = fault_of(refused, "name")
            done.append(Carried(line=line, what="wrong", fault=fault))
        else:
            done.append(Carried(line=line, what="changed" if any(changed) else "same", id=who))
    return done


async def _change(tx: Transaction, one: _Read, who: UUID, rule: Rule, changed: list[bool]) -> None:
    """Lay a row over a customer: nothing is ever taken away by an empty cell."""
    (row,) = await customers_held(tx, [who])
    name = clean_name(one.row.values.get("name", ""))[:60]
    if name and name != row.name and (rule == "overwrite" or not row.name):
        await change_customer(tx, customer_id=who, version=row.version, name=name)
        changed.append(True)
    tier, language = one.tier or row.tier, one.language or row.language
    since = one.since or row.since
    if rule == "overwrite" and (tier, language, since) != (row.tier, row.language, row.since):
        revision = await tx.value(
            "UPDATE customer SET tier = $2, language = $3, since = $4, version = version + 1"
            " WHERE organisation_id = current_organisation() AND id = $1 RETURNING version",
            who, tier, language, since,
        )  # fmt: skip
        await record(tx, CustomerChanged(customer_id=who, revision=revision))
        changed.append(True)
    for kind, plain, _ in one.identities.values():
        added = await add_identity(
            tx, customer_id=who, kind=kind, value=plain, verified=kind == "login"
        )
        changed.append(added is not None)


async def carry_out(tx: Transaction, cursor: str | None, most: int, search: str) -> CarriedOut:
    """Return a portion of customers with a name or an identity, in the order of their ids."""
    if search and tx.actor.level("name", "whole") != "whole":
        return CarriedOut([], None)
    found = await customers_after(tx, UUID(cursor) if cursor else None, most, search)
    language = tx.actor.language
    rows = []
    for row, identities in found:
        values = {
            "name": seen_name(row.name, tx.actor.level("name", "whole")),
            "tier": said("customers", "tier", row.tier, language)
            if row.tier in TIERS
            else row.tier,
            "language": said("customers", "language", row.language, language),
            "since": row.since.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat(),
        }
        for key, kind in _IDENTITIES.items():
            plain = identities.get(kind, "")
            # What a reason may reveal is masked by the table itself, unless one was given.
            limit = tx.actor.level(kind, "reveal")
            values[key] = (
                seen_identity(kind, plain, limit)
                if plain and limit in ("never", "masked")
                else plain
            )
        rows.append((row.id, values))
    return CarriedOut(rows, str(rows[-1][0]) if len(found) == most else None)


carries(
    CarryKind(
        code="customers",
        position=10,
        permission="customers.edit",
        columns=columns,
        put=carry_in,
        give=carry_out,
        key_of=key_of,
        portion=500,
    )
)
