"""What accounts need from above and outside: which queues there are, which fields are for some
roles only, a mail that invites somebody, and who looks into files.

`entry/wiring.py` sets them in `provided`; without it there is no queue, no field, and no mail, and
no scanner answers.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction

# What came of a mail that was asked for: it waits to be sent; or the login is no address, no brand
# has a mail server, or nobody said under which address this server is reached.
MailAnswer = Literal["queued", "no_address", "no_server", "no_link"]


class MemberQueues(Protocol):
    """Knows which queues members serve."""

    async def __call__(
        self, tx: Transaction, teams: Mapping[UUID, Collection[UUID]], /
    ) -> Mapping[UUID, Sequence[tuple[UUID, str]]]:
        """Return id and name of each member's queues, in their order, given each one's teams."""


class KnownQueues(Protocol):
    """Knows which queues there are."""

    async def __call__(self, tx: Transaction, queue_ids: Collection[UUID], /) -> Collection[UUID]:
        """Return those of the queues that exist."""


# What roles let see and fill in, of the fields that are for some roles only: a name for each such
# right that stays the same, and how the field is called.
FieldRights = Callable[[Collection[str]], Mapping[str, str]]


class RoleFields(Protocol):
    """Knows the fields of the house's own that are for some roles only."""

    async def __call__(self, tx: Transaction, /) -> FieldRights:
        """Return what says of roles which of these fields they let see and fill in."""


class InvitationMail(Protocol):
    """Sends the link of an invitation to whom it is meant for."""

    async def invite(
        self,
        tx: Transaction,
        *,
        invitation_id: UUID,
        login: str,
        name: str,
        path: str,
        until: datetime,
    ) -> MailAnswer:
        """Let an invitation be sent where the login is an address, and say what came of it."""

    async def withdraw(self, tx: Transaction, *, invitation_ids: list[UUID]) -> None:
        """Take back what waits to be sent of invitations that are over."""


class ScanVerdict(msgspec.Struct, frozen=True):
    """What a scanner says of a file; `code` says why not, `finding` what it found.

    `later`: perhaps it can say more another time; `of_scanner` where it as a whole did not answer.
    """

    result: Literal["clean", "infected", "unscannable", "later"]
    code: Literal["", "encrypted", "too_large", "failed", "unreachable"] = ""
    finding: str = ""
    of_scanner: bool = False


class Scanner(Protocol):
    """Looks into files."""

    async def look(self, address: str, path: Path) -> ScanVerdict:
        """Look into a file by the scanner at an address. Never raises for what that does."""

    async def knock(self, address: str) -> bool:
        """Say whether a scanner answers at an address."""


class Provided:
    """Holds what `entry/wiring.py` plugs in."""

    member_queues: MemberQueues
    known_queues: KnownQueues
    role_fields: RoleFields
    invitation_mail: InvitationMail
    scanner: Scanner

    def __init__(self) -> None:
        self.member_queues = _none
        self.known_queues = _no_queue
        self.role_fields = _no_field
        self.invitation_mail = _NoMail()
        self.scanner = _NoScanner()


async def _none(
    tx: Transaction, teams: Mapping[UUID, Collection[UUID]], /
) -> Mapping[UUID, Sequence[tuple[UUID, str]]]:
    return dict.fromkeys(teams, ())


async def _no_queue(tx: Transaction, queue_ids: Collection[UUID], /) -> Collection[UUID]:
    return ()


async def _no_field(tx: Transaction, /) -> FieldRights:
    return lambda roles: {}


class _NoMail:
    """No mail at all."""

    async def invite(
        self,
        tx: Transaction,
        *,
        invitation_id: UUID,
        login: str,
        name: str,
        path: str,
        until: datetime,
    ) -> MailAnswer:
        """Send nothing."""
        return "no_server"

    async def withdraw(self, tx: Transaction, *, invitation_ids: list[UUID]) -> None:
        """Take nothing back."""


class _NoScanner:
    """Nobody who looks."""

    async def look(self, address: str, path: Path) -> ScanVerdict:
        """Say that nobody answers."""
        return ScanVerdict("later", code="unreachable", of_scanner=True)

    async def knock(self, address: str) -> bool:
        """Say that nobody answers."""
        return False


provided = Provided()
