"""What a policy table would have given for matters that were, beside what holds and what was."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from peakend.complaints.rules.schemes import Known, Line, choose


class PastMatter(msgspec.Struct, frozen=True, kw_only=True):
    """A matter of the past; `path` is its reason with those above it, the nearest first."""

    liability: Known
    severity: int
    path: Sequence[UUID]
    given_fen: int


class LineTally(msgspec.Struct, frozen=True, kw_only=True):
    """What one line would have given. Units: fen."""

    scheme_id: UUID
    matters: int
    cost_fen: int


class GrantSum(msgspec.Struct, frozen=True, kw_only=True):
    """How many matters got something, and what it cost. Units: fen."""

    grants: int
    cost_fen: int


class SchemeTally(msgspec.Struct, frozen=True, kw_only=True):
    """What a version would have given, what holds would have, and what was truly given.

    Counts: `unknown` of the `matters` are those of which nobody has said who is liable; no version
    says anything for them, so they stand in no sum but `given`.
    """

    matters: int
    unknown: int
    would: GrantSum
    holding: GrantSum
    given: GrantSum
    lines: list[LineTally]


def would_grant(
    lines: Sequence[Line], holding: Sequence[Line], matters: Iterable[PastMatter]
) -> SchemeTally:
    """Return what a version would have given for matters of the past, whatever was in stock."""
    known = list(matters)
    chosen = [found for one in known if (found := _line(lines, one)) is not None]
    held = [found for one in known if (found := _line(holding, one)) is not None]
    counts: dict[UUID, int] = defaultdict(int)
    for line in chosen:
        counts[line.id] += 1
    given = [one.given_fen for one in known if one.given_fen]
    return SchemeTally(
        matters=len(known),
        unknown=sum(one.liability == "unknown" for one in known),
        would=_sum(chosen),
        holding=_sum(held),
        given=GrantSum(grants=len(given), cost_fen=sum(given)),
        lines=[
            LineTally(
                scheme_id=line.id, matters=counts[line.id], cost_fen=counts[line.id] * line.cost_fen
            )
            for line in lines
        ],
    )


def _line(lines: Sequence[Line], matter: PastMatter) -> Line | None:
    return choose(lines, matter.liability, matter.severity, matter.path)


def _sum(lines: Sequence[Line]) -> GrantSum:
    return GrantSum(grants=len(lines), cost_fen=sum(line.cost_fen for line in lines))
