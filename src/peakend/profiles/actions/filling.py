"""Filling fields in, and looking at what is masked: with a reason, written down, for minutes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend
from peakend.kernel.secrets import seal
from peakend.profiles.events import FieldRevealed, ProfileFilled
from peakend.profiles.queries.fields import (
    Field,
    FieldNotFound,
    Owner,
    fields_of,
    label_of,
    missing,
    opened,
    sealed_where,
    shape_of,
    value_rows,
)
from peakend.profiles.queries.seeing import may_fill
from peakend.profiles.rules.fields import (
    LONGEST,
    Given,
    Value,
    fitting,
    given_of,
    is_secret,
    plain_line,
    spelled,
)

REVEAL_LIFE = timedelta(minutes=5)

_WRITE = """
INSERT INTO profile_value AS v
    (owner_id, field_id, text, number, day, flag, sealed, version, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (organisation_id, owner_id, field_id) DO UPDATE SET
    text = excluded.text, number = excluded.number, day = excluded.day, flag = excluded.flag,
    sealed = excluded.sealed, version = excluded.version, at = excluded.at
"""


class WrongValue(Invalid):
    """A value does not fit its field."""

    wording = "profiles.wrong_value"


class FieldStale(Conflict):
    """Somebody else filled the field in since it was looked at."""

    wording = "profiles.stale"


class FieldLocked(Refused):
    """Other roles fill this field in."""

    wording = "profiles.field_locked"


class FieldsMissing(Invalid):
    """Something must be filled in before the conversation ends."""

    wording = "profiles.fields_missing"


class RevealReason(Invalid):
    """A reveal needs a reason."""

    wording = "profiles.reason_missing"


class SensitiveRefused(Refused):
    """Sensitive values are shown only to whoever may see them."""

    wording = "profiles.sensitive_refused"


class ValueChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new value, or None to take it away; `version` is that of the value seen, 0 for none."""

    field_id: UUID
    value: Annotated[str, Meta(max_length=LONGEST)] | bool | float | None
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Filling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which values change."""

    values: Annotated[list[ValueChange], Meta(max_length=60)]


class RevealAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which masked value is asked for, and why."""

    field_id: UUID
    reason: Annotated[str, Meta(max_length=200)]


class Revealed(msgspec.Struct, frozen=True):
    """A private value, and until when it may stay on a screen."""

    value: Given
    until: datetime


async def fill(tx: Transaction, *, owner: Owner, changes: Sequence[ValueChange]) -> None:
    """Fill fields in or empty them; all or nothing.

    Errors: FieldNotFound, FieldLocked, FieldStale, WrongValue.
    """
    if not changes:
        return
    # Two desks at once: the second waits here and then finds the version that the first left.
    await tx.value(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"profile_value/{owner.id}"
    )
    defined = {one.id: one for one in await fields_of(tx, owner.of, owner.type_id)}
    rows = await value_rows(tx, owner.ids, defined)
    for change in changes:
        field = defined.get(change.field_id)
        if field is None:
            raise FieldNotFound
        if not may_fill(tx.actor, field):
            raise FieldLocked(fields={str(field.id): "locked"}, field=label_of(tx, field))
        row = rows.get(field.id)
        held = row if row is not None and row.held else None
        if change.version != (held.version if held else 0):
            raise FieldStale(fields={str(field.id): "stale"})
        value: Value | None = Value()
        if change.value is not None and change.value != "":
            value = fitting(shape_of(field), change.value, held.text if held else None)
        if value is None:
            raise WrongValue(fields={str(field.id): "wrong"}, field=label_of(tx, field))
        await _keep(tx, owner.id, field, value, (row.version if row else 0) + 1)
    await record(
        tx,
        ProfileFilled(
            owner_id=owner.id,
            of=owner.of,
            fields=len(changes),
            customer_id=owner.customer_id,
            conversation_id=owner.conversation_id,
        ),
    )


async def _keep(tx: Transaction, owner_id: UUID, field: Field, value: Value, version: int) -> None:
    sealed = None
    if is_secret(field.privacy) and value != Value():
        place = sealed_where(tx.organisation_id, owner_id, field.id)
        sealed, value = seal(spelled(value).encode(), place), Value()
    await tx.run(
        _WRITE,
        owner_id,
        field.id,
        value.text,
        value.number,
        value.day,
        value.flag,
        sealed,
        version,
        tx.now,
    )


async def reveal(tx: Transaction, *, owner: Owner, field_id: UUID, reason: str) -> Revealed:
    """Return a masked value and write down who asked and why.

    Counts: 20 at once and 6 a minute for each member, together with those of customers.
    Errors: FieldNotFound, RevealReason, SensitiveRefused, TooMany.
    """
    why = plain_line(reason)[:200]
    if len(why) < 2:
        raise RevealReason
    field = {one.id: one for one in await fields_of(tx, owner.of, owner.type_id)}.get(field_id)
    if field is None:
        raise FieldNotFound
    row = (await value_rows(tx, owner.ids, [field_id])).get(field_id)
    if row is None or not row.held:
        raise FieldNotFound
    if field.privacy == "sensitive" and not tx.actor.may("customers.reveal_sensitive"):
        raise SensitiveRefused
    await spend(f"reveal:{tx.actor.id}", rate=0.1, burst=20, now=tx.now)
    reveal_id, until = new_id(), tx.now + REVEAL_LIFE
    await tx.run(
        """
        INSERT INTO profile_reveal (id, owner_id, field_id, member_id, reason, at, until)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        reveal_id,
        owner.id,
        field_id,
        tx.actor.id,
        why,
        tx.now,
        until,
    )
    await record(
        tx, FieldRevealed(owner_id=owner.id, field_id=field_id, of=owner.of, reveal_id=reveal_id)
    )
    detail = {"reveal_id": reveal_id, "field": field.key}
    await audit(tx, "field.revealed", owner.of, owner.id, detail)
    return Revealed(given_of(opened(tx.organisation_id, field, row)), until)


async def need_complete(tx: Transaction, *, conversation_id: UUID, customer_id: UUID) -> None:
    """Let a conversation end only with what the house wants to know. Errors: FieldsMissing."""
    labels = await missing(tx, conversation_id=conversation_id, customer_id=customer_id)
    if labels:
        mark = "、" if tx.actor.language.startswith("zh") else ", "
        raise FieldsMissing(fields={"profile": "missing"}, names=mark.join(labels[:10]))
