"""To which roles a field of the house's own is shown, and which may fill it in; pure."""

from collections.abc import Collection, Sequence

from peakend.kernel.actors import BY_KEY


def shown_to(said: Sequence[str] | None, roles: Collection[str]) -> bool:
    """Say whether somebody with these roles is among those named; None names everybody.

    A key of the API is never meant by the roles of its owner alone: it is named as well.
    """
    if said is None:
        return True
    if BY_KEY in roles and BY_KEY not in said:
        return False
    return any(one in said for one in roles if one != BY_KEY)
