"""What a route needs: each declares exactly one of these, or the app refuses to start."""

from typing import Any

NEEDS = "needs"
FRESH = "fresh"


def needs(permission: str) -> dict[str, Any]:
    """Declare that a member with this permission may call the route."""
    return {NEEDS: permission}


def money(permission: str) -> dict[str, Any]:
    """Declare that a member with this permission may call the route who has just shown who he is.

    It moves something of value: a key never may, a session only for a while after its proof.
    """
    return {NEEDS: permission, FRESH: True}


def signed_in() -> dict[str, Any]:
    """Declare that any member who is signed in may call the route."""
    return {NEEDS: "member"}


def visitor() -> dict[str, Any]:
    """Declare that the holder of a visitor token may call the route."""
    return {NEEDS: "visitor"}


def public(why: str) -> dict[str, Any]:
    """Declare that anybody may call the route, and why that is safe."""
    return {NEEDS: "public", "why": why}
