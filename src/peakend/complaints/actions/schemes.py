"""Policy tables: a draft is begun from what holds, kept, published by the right hands, ended."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit, need_second, proposer, two_people
from peakend.accounts.queries import need_brand
from peakend.complaints.events import SchemeDrafted, SchemeEnded, SchemePublished
from peakend.complaints.models.schemes import SchemeTable
from peakend.complaints.queries.instruments import of_his_brands, some_instruments
from peakend.complaints.queries.schemes import lines_of, need_table, published_of
from peakend.complaints.rules.instruments import cost_of, fits_brand
from peakend.complaints.rules.schemes import (
    LONGEST_WORDS,
    MOST_HOLD_OUT,
    MOST_LINE_FEN,
    MOST_LINES,
    MOST_TABLES,
    Liability,
    Line,
    place,
    twice,
)
from peakend.conversations import queries as conversations
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

Words = Annotated[str, Meta(max_length=LONGEST_WORDS)]


class SchemeStale(Conflict):
    """Somebody else changed the draft first."""

    wording = "complaints.stale"


class NotADraft(Conflict):
    """What was published is not changed any more; a new version is."""

    wording = "complaints.not_a_draft"


class NotPublished(Conflict):
    """Only what holds can be ended."""

    wording = "complaints.not_published"


class WrongScheme(Invalid):
    """A line of the draft cannot be; `fields` says which one and why."""

    wording = "complaints.wrong_scheme"


class TooManyVersions(Invalid):
    """There are as many versions as one can oversee."""

    wording = "complaints.too_many_versions"


class LineText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line as it shall be; its cost follows from the instrument and the amount."""

    liability: Liability
    severity: Annotated[int, Meta(ge=1, le=4)] | None = None
    reason_id: UUID | None = None
    instrument_id: UUID
    amount: Annotated[int, Meta(ge=1, le=MOST_LINE_FEN)]
    words_zh: Words = ""
    words_en: Words = ""
    needs_approval: bool = False


class DraftText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A draft as it shall be, and which state of it was looked at."""

    edit: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    hold_out_share: Annotated[float, Meta(ge=0, le=MOST_HOLD_OUT)] = 0.0
    lines: Annotated[list[LineText], Meta(max_length=MOST_LINES)]


class OfTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A version, and the state of it that was looked at."""

    table_id: UUID
    edit: Annotated[int, Meta(ge=1, le=2**31 - 1)]


async def begin_draft(tx: Transaction, *, brand_id: UUID | None) -> UUID:
    """Return the draft of a brand, or of the house; it begins as a copy of what holds.

    Errors: BrandNotFound, TooManyVersions.
    """
    if brand_id is not None:
        await need_brand(tx, brand_id)
        if not of_his_brands(brand_id, tx.actor):
            raise Invalid(fields={"brand_id": "kernel.invalid"})
    # One at a time begins a draft: two would find the same version.
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
                 f"scheme:{tx.organisation_id}:{brand_id}")  # fmt: skip
    there: UUID | None = await tx.value(
        "SELECT id FROM scheme_table WHERE organisation_id = current_organisation()"
        " AND state = 'draft' AND brand_id IS NOT DISTINCT FROM $1",
        brand_id,
    )
    if there is not None:
        return there
    count = await tx.value(
        "SELECT count(*) FROM scheme_table WHERE organisation_id = current_organisation()"
    )
    if count >= MOST_TABLES:
        raise TooManyVersions(most=MOST_TABLES)
    holding = await published_of(tx, brand_id)
    table_id = new_id()
    await tx.run(
        """
        INSERT INTO scheme_table (id, brand_id, version, state, hold_out_share, made_by, made_at)
        SELECT $1, $2, coalesce(max(version), 0) + 1, 'draft', $3, $4, $5
        FROM scheme_table
        WHERE organisation_id = current_organisation() AND brand_id IS NOT DISTINCT FROM $2
        """,
        table_id,
        brand_id,
        holding.hold_out_share if holding else 0.0,
        tx.actor.id,
        tx.now,
    )
    lines = await lines_of(tx, holding.id) if holding else []
    await _put(tx, table_id, lines)
    await _drafted(tx, table_id, brand_id, "begun", len(lines))
    return table_id


async def keep_draft(tx: Transaction, *, table_id: UUID, given: DraftText) -> None:
    """Keep a draft whole. Errors: SchemeTableNotFound, NotADraft, SchemeStale, WrongScheme."""
    table = await _need_draft(tx, table_id, given.edit)
    lines = await _checked(tx, table, given.lines)
    await tx.run(
        "DELETE FROM scheme WHERE organisation_id = current_organisation() AND table_id = $1",
        table_id,
    )
    await _put(tx, table_id, lines)
    await tx.run(
        "UPDATE scheme_table SET edit = edit + 1, hold_out_share = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        table_id,
        given.hold_out_share,
    )
    await _drafted(tx, table_id, table.brand_id, "kept", len(lines))


async def drop_draft(tx: Transaction, *, table_id: UUID) -> None:
    """Throw a draft away; what holds stays. Errors: SchemeTableNotFound, NotADraft."""
    table = await need_table(tx, table_id, tx.actor, lock=True)
    if table.state != "draft":
        raise NotADraft
    await tx.run(
        "DELETE FROM scheme_table WHERE organisation_id = current_organisation() AND id = $1",
        table_id,
    )
    await _drafted(tx, table_id, table.brand_id, "dropped", 0)


async def publish(tx: Transaction, *, table_id: UUID, edit: int) -> None:
    """Let a draft hold from now on; the version before it ends in the same moment.

    Errors: SchemeTableNotFound, NotADraft, SchemeStale, WrongScheme, SecondPersonNeeded.
    """
    await need_second(tx, "scheme.publish")
    table = await _need_draft(tx, table_id, edit)
    lines = await lines_of(tx, table_id)
    if not lines:
        raise WrongScheme(fields={"lines": "complaints.no_lines"})
    checked = await _checked(tx, table, [_as_text(line) for line in lines])
    await _price(tx, lines, [line.cost_fen for line in checked])
    holding = await published_of(tx, table.brand_id)
    if holding is not None:
        await _end(tx, holding)
    await tx.run(
        """
        UPDATE scheme_table SET state = 'published', published_by = $2, proposed_by = $3,
            published_at = $4
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        table_id,
        tx.actor.id,
        proposer(),
        tx.now,
    )
    await record(
        tx,
        SchemePublished(
            table_id=table_id,
            brand_id=table.brand_id,
            scheme_version=table.version,
            lines=len(lines),
            hold_out_share=table.hold_out_share,
        ),
    )
    detail = {"version": table.version, "lines": len(lines), "hold_out": table.hold_out_share}
    await audit(tx, "scheme.published", "scheme_table", table_id, detail)


async def end_scheme(tx: Transaction, *, table_id: UUID, edit: int) -> None:
    """End what holds; nothing is suggested by it any more.

    Errors: SchemeTableNotFound, NotPublished, SchemeStale, SecondPersonNeeded.
    """
    await need_second(tx, "scheme.end")
    table = await need_table(tx, table_id, tx.actor, lock=True)
    if table.state != "published":
        raise NotPublished
    if table.edit != edit:
        raise SchemeStale(version=table.edit)
    await _end(tx, table)
    await audit(tx, "scheme.ended", "scheme_table", table_id, {"version": table.version})


@two_people("scheme.publish", "compensation.set_up", OfTable)
async def _publish(tx: Transaction, body: OfTable, address: str) -> None:
    await publish(tx, table_id=body.table_id, edit=body.edit)


@two_people("scheme.end", "compensation.set_up", OfTable)
async def _end_it(tx: Transaction, body: OfTable, address: str) -> None:
    await end_scheme(tx, table_id=body.table_id, edit=body.edit)


async def _need_draft(tx: Transaction, table_id: UUID, edit: int) -> SchemeTable:
    table = await need_table(tx, table_id, tx.actor, lock=True)
    if table.state != "draft":
        raise NotADraft
    if table.edit != edit:
        raise SchemeStale(version=table.edit)
    return table


async def _checked(tx: Transaction, table: SchemeTable, given: Sequence[LineText]) -> list[Line]:
    """Return the lines as they are kept. Errors: WrongScheme."""
    known = await some_instruments(tx, {one.instrument_id for one in given})
    reasons = {node.id for node in (await conversations.reason_tree(tx)).nodes}
    lines: list[Line] = []
    for at, one in enumerate(given):
        instrument = known.get(one.instrument_id)
        if instrument is None or not instrument.active:
            raise WrongScheme(fields={f"lines.{at}.instrument_id": "complaints.instrument_gone"})
        if not fits_brand(instrument.brand_id, table.brand_id):
            raise WrongScheme(fields={f"lines.{at}.instrument_id": "complaints.other_brand"})
        if one.reason_id is not None and one.reason_id not in reasons:
            raise WrongScheme(fields={f"lines.{at}.reason_id": "complaints.reason_gone"})
        cost = cost_of(instrument.unit, instrument.face_fen, one.amount)
        if cost > MOST_LINE_FEN:
            raise WrongScheme(fields={f"lines.{at}.amount": "complaints.too_much"})
        known_as = msgspec.structs.asdict(one)
        words = {name: known_as[name].strip() for name in ("words_zh", "words_en")}
        lines.append(Line(**known_as | words, id=new_id(), cost_fen=cost))
    if doubled := twice(lines):
        at = max(i for i, line in enumerate(lines) if place(line) in doubled)
        raise WrongScheme(fields={f"lines.{at}.severity": "complaints.line_twice"})
    return lines


def _as_text(line: Line) -> LineText:
    known = msgspec.structs.asdict(line)
    return LineText(**{name: known[name] for name in LineText.__struct_fields__})


async def _put(tx: Transaction, table_id: UUID, lines: Sequence[Line]) -> None:
    """Put lines into a draft; each gets a new id, as a line belongs to one version only."""
    await tx.many(
        """
        INSERT INTO scheme (id, table_id, position, liability, severity, reason_id, instrument_id,
                            amount, cost_fen, words_zh, words_en, needs_approval)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        [
            (
                new_id(), table_id, at, one.liability, one.severity, one.reason_id,
                one.instrument_id, one.amount, one.cost_fen, one.words_zh, one.words_en,
                one.needs_approval,
            )
            for at, one in enumerate(lines)
        ],
    )  # fmt: skip


async def _price(tx: Transaction, lines: Sequence[Line], costs: Sequence[int]) -> None:
    """Set what each line costs as its instrument costs now."""
    await tx.many(
        "UPDATE scheme SET cost_fen = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        [(line.id, cost) for line, cost in zip(lines, costs, strict=True)],
    )


async def _end(tx: Transaction, table: SchemeTable) -> None:
    await tx.run(
        "UPDATE scheme_table SET state = 'ended', ended_at = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        table.id,
        tx.now,
    )
    await record(
        tx,
        SchemeEnded(table_id=table.id, brand_id=table.brand_id, scheme_version=table.version),
    )


async def _drafted(
    tx: Transaction, table_id: UUID, brand_id: UUID | None, what: str, lines: int
) -> None:
    await record(tx, SchemeDrafted(table_id=table_id, brand_id=brand_id, what=what, lines=lines))
