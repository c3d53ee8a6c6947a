"""Which kinds of things can be carried, and with which columns."""

import asyncio

import msgspec

from peakend.kernel.actors import Actor
from peakend.kernel.carrying import EXTRAS, KINDS, CarryColumn, CarryKind
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.large_files import draft
from peakend.kernel.sheets import Format, sheet_writer
from peakend.kernel.words import best_language, word


class KindNotFound(NotFound):
    """There is no such kind, or it is not for this person."""

    wording = "exchange.kind_not_found"


class ColumnView(msgspec.Struct, frozen=True, kw_only=True):
    """A column in the reader's language; `private` is masked in what is carried out.

    One that is `only_out` is not carried in by this reader.
    """

    key: str
    label: str
    sample: str
    needed: bool
    matches: bool
    private: bool
    only_out: bool


class KindView(msgspec.Struct, frozen=True, kw_only=True):
    """A kind in the reader's language; `folder` says that it is also carried as Markdown files."""

    code: str
    label: str
    folder: bool
    columns: list[ColumnView]


def need_kind(code: str, actor: Actor) -> CarryKind:
    """Return a kind that this person may carry. Errors: KindNotFound."""
    kind = KINDS.get(code)
    if kind is None or not actor.may(kind.permission):
        raise KindNotFound
    return kind


async def columns_of(tx: Transaction, kind: CarryKind) -> list[CarryColumn]:
    """Return the columns of a kind, with those that other contexts add."""
    found = await kind.columns(tx)
    for extra in EXTRAS.get(kind.code, ()):
        found += await extra.columns(tx)
    return found


async def columns_in(tx: Transaction, kind: CarryKind) -> list[CarryColumn]:
    """Return the columns that this person may carry in."""
    return [one for one in await columns_of(tx, kind) if not one.only_out]


async def kinds(tx: Transaction, actor: Actor) -> list[KindView]:
    """Return the kinds that this person may carry."""
    language = best_language(actor.language)
    return [
        KindView(
            code=kind.code,
            label=word(f"exchange.kind_{kind.code}", language),
            folder=kind.pack is not None,
            columns=[_view(one, language) for one in await columns_of(tx, kind)],
        )
        for kind in sorted(KINDS.values(), key=lambda one: (one.position, one.code))
        if actor.may(kind.permission)
    ]


def _view(column: CarryColumn, language: str) -> ColumnView:
    return ColumnView(
        key=column.key,
        label=column.labels[language],
        sample=column.sample,
        needed=column.needed,
        matches=column.matches,
        private=column.private is not None,
        only_out=column.only_out,
    )


async def template(tx: Transaction, code: str, form: Format, actor: Actor) -> tuple[str, bytes]:
    """Return a table with the headings of a kind and one line to go by, and its name.

    Errors: KindNotFound.
    """
    kind = need_kind(code, actor)
    language = best_language(actor.language)
    columns = await columns_in(tx, kind)
    rows = [[one.labels[language] for one in columns], [one.sample for one in columns]]

    def made() -> bytes:
        with draft() as path:
            with sheet_writer(path, form) as writer:
                writer.write(rows)
            return path.read_bytes()

    return f"{word(f'exchange.kind_{code}', language)}.{form}", await asyncio.to_thread(made)
