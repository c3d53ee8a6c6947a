"""Facts of macros: ids and short codes, never their texts."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class MacroRun(Fact):
    """Somebody ran a macro; `steps` names those that were done, each with a fact of its own.

    `edited` is true where the reply or the note was changed before it went.
    """

    run_id: UUID
    macro_id: UUID
    conversation_id: UUID
    customer_id: UUID
    channel: str
    queue_id: UUID | None
    agent_id: UUID
    leg_id: UUID | None
    steps: tuple[str, ...]
    edited: bool


@dataclass(frozen=True, kw_only=True)
class MacroChanged(Fact):
    """A macro was made, changed or deleted; `what` is created, updated or deleted."""

    subject: ClassVar[str] = "macro_id"
    macro_id: UUID
    what: str
