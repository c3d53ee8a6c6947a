"""Companies carried in and out, and fields of the house's own as columns of whose they are."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from peakend.kernel.carrying import (
    Carried,
    CarriedOut,
    CarryColumn,
    CarryExtra,
    CarryFault,
    CarryKind,
    CarryRow,
    Rule,
    adds_columns,
    alone,
    carries,
    carry_column,
    chosen_word,
    fault_of,
    said,
)
from peakend.kernel.db import Transaction
from peakend.profiles.actions.companies import add_company, change_company
from peakend.profiles.actions.filling import ValueChange, fill
from peakend.profiles.queries.carrying import (
    companies_after,
    companies_named,
    domains_of,
    values_held,
)
from peakend.profiles.queries.fields import Field, Owner, fields_of, opened, shape_of
from peakend.profiles.queries.seeing import may_fill
from peakend.profiles.rules.companies import TIERS, folded
from peakend.profiles.rules.fields import (
    Given,
    Subject,
    fitting,
    given_of,
    is_secret,
    masked,
    said_value,
    told_value,
)


async def columns(tx: Transaction) -> list[CarryColumn]:
    """Return what a table of companies may hold."""
    return [
        carry_column("profiles", "name", needed=True, matches=True),
        carry_column("profiles", "tier"),
        carry_column("profiles", "domains"),
        carry_column("profiles", "note"),
    ]


def key_of(values: dict[str, str], match: str) -> str | None:
    """Return what no two rows of one table may share: the name as it is searched."""
    return folded(values["name"]) if values.get("name") else None


async def carry_in(
    tx: Transaction, rows: Sequence[CarryRow], rule: Rule, match: str
) -> list[Carried]:
    """Write a portion of companies, recognised by their name."""
    known = await companies_named(tx, [folded(row.values["name"]) for row in rows])
    done = []
    for row in rows:
        tier = row.values.get("tier")
        told = chosen_word("profiles", "tier", TIERS, tier) if tier else None
        if tier and told is None:
            fault = CarryFault("tier", "profiles.carry_wrong_tier", {"value": tier[:60]})
            done.append(Carried(line=row.line, what="wrong", fault=fault))
            continue
        same = known.get(folded(row.values["name"]), [])
        if len(same) > 1:
            fault = CarryFault("name", "profiles.carry_several", {"count": len(same)})
            done.append(Carried(line=row.line, what="wrong", fault=fault))
            continue
        made: list[Carried] = []
        refused = await alone(tx, _put(tx, row, told, same[0] if same else None, rule, made))
        if refused is None:
            done.append(made[0])
        else:
            wrong = fault_of(refused, "domains")
            done.append(Carried(line=row.line, what="wrong", fault=wrong))
    return done


async def _put(
    tx: Transaction,
    row: CarryRow,
    tier: str | None,
    company_id: UUID | None,
    rule: Rule,
    made: list[Carried],
) -> None:
    domains = [one for one in row.values.get("domains", "").replace("；", ";").replace("，", ";")
               .replace(",", ";").replace(" ", ";").split(";") if one]  # fmt: skip
    note = row.values.get("note", "")
    if company_id is None:
        company_id = await add_company(
            tx, name=row.values["name"], tier=tier or "standard", domains=domains, note=note[:2000]
        )
        made.append(Carried(line=row.line, what="new", id=company_id))
        return
    changes: dict[str, Any] = {}
    ((company, held),) = await domains_of(tx, [company_id])
    if rule == "overwrite" and tier and tier != company.tier:
        changes["tier"] = tier
    if note and note != company.note and (rule == "overwrite" or not company.note):
        changes["note"] = note[:2000]
    if set(domains) - set(held) and (rule == "overwrite" or not held):
        changes["domains"] = sorted({*held, *domains})
    if rule == "skip" or not changes:
        made.append(Carried(line=row.line, what="same", id=company_id))
        return
    await change_company(tx, company_id=company_id, changes=changes, version=company.version)
    made.append(Carried(line=row.line, what="changed", id=company_id))


async def carry_out(tx: Transaction, cursor: str | None, most: int, search: str) -> CarriedOut:
    """Return a portion of companies in use, in the order of their ids."""
    found = await companies_after(tx, UUID(cursor) if cursor else None, most, search)
    held = {one.id: names for one, names in await domains_of(tx, [one.id for one in found])}
    rows = [
        (
            one.id,
            {
                "name": one.name,
                "tier": said("profiles", "tier", one.tier, tx.actor.language)
                if one.tier in TIERS
                else one.tier,
                "domains": "; ".join(held[one.id]),
                "note": one.note,
            },
        )
        for one in found
    ]
    return CarriedOut(rows, str(rows[-1][0]) if len(found) == most else None)


async def field_columns(of: Subject, tx: Transaction) -> list[CarryColumn]:
    """Return the fields in use of one kind of thing as columns."""
    found = []
    for field in await fields_of(tx, of):
        sensitive = field.privacy == "sensitive"
        right = "customers.reveal_sensitive" if sensitive else "customers.reveal"
        found.append(
            CarryColumn(
                key=f"field_{field.key}",
                labels={"zh-CN": field.label_zh, "en": field.label_en},
                private=right if is_secret(field.privacy) else None,
                mask=partial(masked, field.kind, field.privacy, field.mask),
                only_out=not may_fill(tx.actor, field),
            )
        )
    return found


async def _fillable(tx: Transaction, of: Subject) -> dict[str, Field]:
    found = await fields_of(tx, of)
    return {f"field_{one.key}": one for one in found if may_fill(tx.actor, one)}


def _told(field: Field, text: str) -> Given:
    return told_value(field.kind, field.options, text)


async def check_fields(
    of: Subject, tx: Transaction, rows: Sequence[CarryRow]
) -> dict[int, CarryFault]:
    """Return what is wrong with values of fields."""
    defined = await _fillable(tx, of)
    wrong: dict[int, CarryFault] = {}
    for row in rows:
        for key, text in row.values.items():
            field = defined.get(key)
            if field is None and key.startswith("field_"):
                # Whoever asked could fill it in when he said which column it is.
                wrong.setdefault(row.line, CarryFault(key, "profiles.carry_locked"))
            if field is not None and fitting(shape_of(field), _told(field, text)) is None:
                why = f"profiles.carry_not_{field.kind}"
                wrong.setdefault(row.line, CarryFault(key, why, {"value": text[:60]}))
    return wrong


async def put_fields(
    of: Subject, tx: Transaction, rows: Sequence[tuple[UUID, CarryRow, bool]], rule: Rule
) -> set[int]:
    """Fill fields in, and return the lines that changed something."""
    defined = await _fillable(tx, of)
    filled = [row for row in rows if defined.keys() & row[1].values.keys()]
    held = await values_held(tx, [owner for owner, _, _ in filled], list(defined.values()))
    changed = set()
    for owner_id, row, _ in filled:
        changes = []
        for key, field in defined.items():
            if key not in row.values:
                continue
            before = held.get((owner_id, field.id))
            value = fitting(shape_of(field), _told(field, row.values[key]))
            now = opened(tx.organisation_id, field, before) if before and before.held else None
            if value is None or value == now or (now is not None and rule != "overwrite"):
                continue
            version = before.version if before and before.held else 0
            changes.append(ValueChange(field_id=field.id, value=given_of(value), version=version))
        if changes:
            customer_id = owner_id if of == "customer" else None
            owner = Owner(of=of, ids=[owner_id], customer_id=customer_id)
            await fill(tx, owner=owner, changes=changes)
            changed.add(row.line)
    return changed


async def give_fields(
    of: Subject, tx: Transaction, ids: Sequence[UUID]
) -> dict[UUID, dict[str, str]]:
    """Return what is filled in, by whose it is."""
    defined = {one.id: one for one in await fields_of(tx, of)}
    found: dict[UUID, dict[str, str]] = {}
    for (owner_id, field_id), row in (await values_held(tx, ids, list(defined.values()))).items():
        if row.held:
            field = defined[field_id]
            value = given_of(opened(tx.organisation_id, field, row))
            text = said_value(field.kind, field.options, value, tx.actor.language)
            found.setdefault(owner_id, {})[f"field_{field.key}"] = text
    return found


carries(
    CarryKind(
        code="companies", position=20, permission="customers.edit", columns=columns, put=carry_in,
        give=carry_out, key_of=key_of,
    )
)  # fmt: skip
_OF: tuple[tuple[str, Subject], ...] = (("customers", "customer"), ("companies", "company"))
for _kind, _subject in _OF:
    adds_columns(
        CarryExtra(
            of=_kind,
            columns=partial(field_columns, _subject),
            check=partial(check_fields, _subject),
            put=partial(put_fields, _subject),
            give=partial(give_fields, _subject),
        )
    )
