"""What may be carried in and out as a table: each context declares its own kinds here.

Who carries (uploads, portions, reports, files to fetch) knows no kind; a kind knows no files.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec

from peakend.kernel.errors import PeakendError
from peakend.kernel.packs import Pack
from peakend.kernel.words import LANGUAGES, has_word, word

if TYPE_CHECKING:
    from peakend.kernel.db import Transaction

Rule = Literal["skip", "fill", "overwrite"]
What = Literal["new", "changed", "same", "wrong"]


class CarryColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a kind: what it is called, and which other headings mean it.

    `private` is the permission that it takes to carry the plain values out; others get them as
    `mask` leaves them. What this person may not change is carried out only.
    """

    key: str
    labels: dict[str, str]
    others: tuple[str, ...] = ()
    sample: str = ""
    needed: bool = False
    matches: bool = False
    private: str | None = None
    mask: Callable[[str], str] | None = None
    only_out: bool = False


class CarryRow(msgspec.Struct, frozen=True):
    """A row to carry in: its line, and the values that are not empty, by column.

    One that is a file has the folder that it lies in.
    """

    line: int
    values: dict[str, str]
    pack: Pack | None = None


class CarryFault(msgspec.Struct, frozen=True):
    """Why a row is wrong: the column, and the wording with what belongs into it."""

    column: str
    why: str
    params: dict[str, Any] = {}


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a row, and which thing it is."""

    line: int
    what: What
    id: UUID | None = None
    fault: CarryFault | None = None


class CarriedOut(msgspec.Struct, frozen=True):
    """A portion of things as values by column, and behind which it ended; None at the end."""

    rows: list[tuple[UUID, dict[str, str]]]
    cursor: str | None


class PackRow(msgspec.Struct, frozen=True):
    """A file that is a thing: values by column, the lines they stand on, and what is wrong."""

    path: str
    values: dict[str, str]
    lines: dict[str, int]
    fault: CarryFault | None = None


class PackedFile(msgspec.Struct, frozen=True):
    """A file to put into a folder: its text, or the bytes of this hash."""

    path: str
    text: str = ""
    sha256: str = ""


class PackedOut(msgspec.Struct, frozen=True):
    """A portion of things as files, how many things they are, and behind which it ended."""

    files: list[PackedFile]
    count: int
    cursor: str | None


class CarryPack(msgspec.Struct, frozen=True):
    """A kind as a folder of files in a zip: `read` gives its rows, `give` carries out."""

    columns: tuple[str, ...]
    read: Callable[[Pack], Iterator[PackRow]]
    give: Callable[["Transaction", str | None, int, str], Awaitable[PackedOut]]


Columns = Callable[["Transaction"], Awaitable[list[CarryColumn]]]
Put = Callable[["Transaction", Sequence[CarryRow], Rule, str], Awaitable[list[Carried]]]
Give = Callable[["Transaction", str | None, int, str], Awaitable[CarriedOut]]
KeyOf = Callable[[dict[str, str], str], str | None]


class CarryKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of thing that is carried as a table.

    `put` carries rows in: (rows, rule, column to match by); it writes, and a trial is undone by
    who called it. `give` carries out: (cursor, how many, search). `key_of` is what no two rows of
    one table may share.
    """

    code: str
    permission: str
    columns: Columns
    put: Put
    give: Give
    key_of: KeyOf
    pack: CarryPack | None = None
    portion: int = 100
    # Where it stands among the kinds, whichever context is read first.
    position: int = 100


class CarryExtra(msgspec.Struct, frozen=True, kw_only=True):
    """Columns that a higher context adds to a kind of a lower one.

    `check` says what is wrong before anything is written; `put` writes for (id, row) and returns
    the lines that it changed; `give` returns values by id.
    """

    of: str
    columns: Columns
    check: Callable[["Transaction", Sequence[CarryRow]], Awaitable[dict[int, CarryFault]]]
    put: Callable[["Transaction", Sequence[tuple[UUID, CarryRow, bool]], Rule], Awaitable[set[int]]]
    give: Callable[["Transaction", Sequence[UUID]], Awaitable[dict[UUID, dict[str, str]]]]


KINDS: dict[str, CarryKind] = {}
EXTRAS: dict[str, list[CarryExtra]] = {}


def carries(kind: CarryKind) -> CarryKind:
    """Declare a kind."""
    KINDS[kind.code] = kind
    return kind


def adds_columns(extra: CarryExtra) -> CarryExtra:
    """Declare columns that are added to a kind."""
    EXTRAS.setdefault(extra.of, []).append(extra)
    return extra


def carry_column(
    context: str,
    key: str,
    *,
    needed: bool = False,
    matches: bool = False,
    private: str | None = None,
    mask: Callable[[str], str] | None = None,
) -> CarryColumn:
    """Return a column with its words: `<context>.carry_<key>`, and `_names`, `_sample` of it."""
    wording = f"{context}.carry_{key}"
    others = word(f"{wording}_names") if has_word(f"{wording}_names") else ""
    return CarryColumn(
        key=key.rpartition(".")[2],
        labels={language: word(wording, language) for language in LANGUAGES},
        others=tuple(one for one in others.split("|") if one),
        sample=word(f"{wording}_sample") if has_word(f"{wording}_sample") else "",
        needed=needed,
        matches=matches,
        private=private,
        mask=mask,
    )


def chosen_word(context: str, key: str, codes: Sequence[str], given: str) -> str | None:
    """Return the code that a cell means: itself, or one of its words in either language."""
    plain = " ".join(given.split()).casefold()
    for code in codes:
        names = {code.casefold()}
        for language in LANGUAGES:
            known = word(f"{context}.carry_{key}_{code}", language).casefold()
            names |= set(known.split("|"))
        if plain in names:
            return code
    return None


def said(context: str, key: str, code: str, language: str) -> str:
    """Return the first word for a code, as it is carried out."""
    return word(f"{context}.carry_{key}_{code}", language).partition("|")[0]


async def alone(tx: "Transaction", work: Awaitable[Any]) -> PeakendError | None:
    """Do one thing so that it leaves nothing behind where it is refused; return the refusal."""
    facts, jobs = len(tx.records), len(tx.jobs)
    await tx.run("SAVEPOINT carry_row")
    try:
        await work
    except PeakendError as error:
        await tx.run("ROLLBACK TO SAVEPOINT carry_row")
        del tx.records[facts:], tx.jobs[jobs:]
        return error
    await tx.run("RELEASE SAVEPOINT carry_row")
    return None


def fault_of(error: PeakendError, column: str) -> CarryFault:
    """Return a refusal as what is wrong with a row."""
    plain = {name: value for name, value in error.params.items() if isinstance(value, str | int)}
    return CarryFault(column, error.wording, plain)
