"""Whether somebody sees a field of the house's own, or fills it in: it is decided here only.

Whatever hands out fields or values asks here: `fields_of` does it for everything that reads them.
"""

from peakend.kernel.actors import Actor
from peakend.profiles.models import Field
from peakend.profiles.rules.seeing import shown_to


def may_see(actor: Actor, field: Field) -> bool:
    """Say whether an actor sees a field; the house's own jobs see all of them.

    The digital agent and customers hold no role: of what is for some roles they get nothing.
    """
    return actor.kind == "system" or shown_to(field.seen_by, actor.roles)


def may_fill(actor: Actor, field: Field) -> bool:
    """Say whether an actor may fill a field in, as far as roles decide it; nobody does unseen."""
    if actor.kind == "system":
        return True
    return may_see(actor, field) and shown_to(field.changed_by, actor.roles)
