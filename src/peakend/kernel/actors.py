"""Who acts: every transaction and every fact names one."""

from typing import Literal
from uuid import UUID

import msgspec

# What stands among the roles of whoever acts through a key of the API: what is for roles is not for
# the keys of those who hold them.
BY_KEY = "api_key"
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
    seen_brand_ids: frozenset[UUID] = NOBODY
    every_brand: bool = True
    # How much he sees of a customer's details, where it is not what everybody does.
    levels: tuple[tuple[str, str], ...] = ()
    # The roles he holds, by key or id; fields of the house's own are shown to roles.
    roles: tuple[str, ...] = ()
    customer_id: UUID | None = None
    key_id: UUID | None = None
    channel_id: UUID | None = None

    @classmethod
    def system(cls, organisation_id: UUID) -> "Actor":
        """Return the actor of jobs and start-up; it may do everything inside one organisation."""
        return cls(organisation_id=organisation_id, kind="system", scope="all")

    @classmethod
    def digital(cls, organisation_id: UUID) -> "Actor":
        """Return the digital agent of an organisation."""
        return cls(organisation_id=organisation_id, kind="digital_agent", scope="all")

    def level(self, field: str, usual: str) -> str:
        """Return how much the actor sees of a customer's detail."""
        return dict(self.levels).get(field, usual)

    @property
    def label(self) -> str:
        """Return the form in which facts and audit entries name the actor."""
        if self.key_id is not None:
            return f"api_key:{self.key_id}"
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def sees_all(self) -> bool:
        """Say whether no row of the organisation is hidden from the actor."""
        return self.kind != "member" or self.scope == "all"

    @property
    def seen_queues(self) -> list[UUID]:
        """Return the queues whose rows the actor sees beside his own, in a steady order."""
        return sorted(self.queue_ids) if self.scope == "queue" else []

    @property
    def seen_brands(self) -> list[UUID]:
        """Return the brands of which the actor sees every row, in a steady order."""
        return sorted(self.seen_brand_ids)

    @property
    def is_customer(self) -> bool:
        """Say whether a customer acts."""
        return self.kind == "visitor"

    def may(self, permission: str) -> bool:
        """Say whether the actor holds a permission."""
        return self.kind == "system" or permission in self.permissions
