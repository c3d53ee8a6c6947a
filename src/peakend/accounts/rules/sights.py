"""How much of a customer's own details each role sees: name, phone, mail and the like."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

# never: not even its shape; masked: its edges; reveal: the whole with a reason; whole: always.
Level = Literal["never", "masked", "reveal", "whole"]
DetailField = Literal["name", "phone", "email", "wechat", "login", "other"]

LEVELS: tuple[Level, ...] = ("never", "masked", "reveal", "whole")
# What holds where nobody said otherwise.
USUAL: dict[DetailField, Level] = {
    "name": "whole",
    "phone": "reveal",
    "email": "reveal",
    "wechat": "reveal",
    "login": "reveal",
    "other": "reveal",
}


def levels(
    said: Mapping[str, Mapping[Any, Any]], held: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """Return the levels of somebody who holds these roles, where they are not the usual ones.

    Rights add up, and so does this: the widest of his roles holds.
    """
    roles = list(held)
    found = []
    for field, usual in USUAL.items():
        each = [said.get(role, {}).get(field, usual) for role in roles]
        level = max((one for one in each if one in LEVELS), key=LEVELS.index, default=usual)
        if level != usual:
            found.append((str(field), str(level)))
    return tuple(found)


def reach(level: str, permissions: Collection[str]) -> int:
    """Return how much of a detail one can get to see with a level: 0 nothing, 1 edges, 2 the whole.

    The whole with a reason is the whole, for whoever may give one.
    """
    if level == "reveal":
        level = "whole" if "customers.reveal" in permissions else "masked"
    return {"never": 0, "masked": 1}.get(level, 2)
