"""Who acts: every transaction and every fact names one."""

from typing import Literal
from uuid import UUID

import msgspec

NOBODY: frozenset[UUID] = frozenset()


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A person, a customer, the digital agent or the system itself, with what it may do."""

    organisation_id: UUID
    kind: Literal["member", "visitor", "digital_agent", "system"]
    id: UUID | None = None
    name: str = ""
    language: str = "zh-CN"
    role: str = ""
    permissions: frozenset[str] = frozenset()
    scope: Literal["own", "queue", "all"] = "own"
    team_ids: frozenset[UUID] = NOBODY
    queue_ids: frozenset[UUID] = NOBODY
    brand_ids: frozenset[UUID] = NOBODY
    customer_id: UUID | None = None
    channel_id: UUID | None = None

    @classmethod
    def system(cls, organisation_id: UUID) -> "Actor":
        """Return the actor of jobs and start-up; it may do everything inside one organisation."""
        return cls(organisation_id=organisation_id, kind="system", scope="all")

    @classmethod
    def digital(cls, organisation_id: UUID) -> "Actor":
        """Return the digital agent of an organisation."""
        return cls(organisation_id=organisation_id, kind="digital_agent", scope="all")

    @property
    def label(self) -> str:
        """Return the form in which facts and audit entries name the actor."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def is_customer(self) -> bool:
        """Say whether a customer acts."""
        return self.kind == "visitor"

    def may(self, permission: str) -> bool:
        """Say whether the actor holds a permission."""
        return self.kind == "system" or permission in self.permissions
