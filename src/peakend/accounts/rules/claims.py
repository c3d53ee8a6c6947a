"""What a provider says of a member's roles: which values it names, and what they stand for here."""

from collections.abc import Collection, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.rules.people import Role
from peakend.accounts.rules.rights import ROLES_OF_ONE

# Of whom no value stands for anything here: an agent without more, or nobody.
Unmapped = Literal["agent", "refuse"]
VALUES = 500
_ORDER: tuple[Role, ...] = ("agent", "supervisor", "admin")


class SsoGrant(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What one value of the claim stands for here: roles, and teams beside them."""

    value: Annotated[str, Meta(min_length=1, max_length=200)]
    built_in: Role | None = None
    role_ids: Annotated[list[UUID], Meta(max_length=ROLES_OF_ONE)] = []
    team_ids: Annotated[list[UUID], Meta(max_length=50)] = []


class Granted(msgspec.Struct, frozen=True):
    """What the values of one person stand for together."""

    built_in: Role | None
    role_ids: frozenset[UUID]
    team_ids: frozenset[UUID]


def has_claim(claims: dict[str, Any], path: str) -> bool:
    """Say whether there is anything under a path, be it an empty list."""
    return _under(claims, path) is not None


def values_at(claims: dict[str, Any], path: str) -> frozenset[str]:
    """Return the values under a path such as `groups`, `realm_access.roles` or a whole address.

    Counts: at most 500; what is no text is no value.
    """
    found = _under(claims, path)
    listed = found if isinstance(found, list) else [found]
    return frozenset(one for one in listed[:VALUES] if isinstance(one, str) and one)


def granted(grants: Sequence[SsoGrant], values: Collection[str]) -> Granted | None:
    """Return what some values stand for: the highest built-in role, and all of the rest."""
    hit = [one for one in grants if one.value in values]
    if not hit:
        return None
    built_in = max((one.built_in for one in hit if one.built_in), key=_ORDER.index, default=None)
    return Granted(
        built_in,
        frozenset(role_id for one in hit for role_id in one.role_ids),
        frozenset(team_id for one in hit for team_id in one.team_ids),
    )


def _under(node: dict[str, Any], path: str) -> Any:
    """Return what stands under a path; names may hold dots themselves."""
    if path in node:
        return node[path]
    for at, letter in enumerate(path):
        inner = node.get(path[:at]) if letter == "." else None
        if isinstance(inner, dict):
            found = _under(inner, path[at + 1 :])
            if found is not None:
                return found
    return None
