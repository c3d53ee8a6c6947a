"""What is done to organisations, people and sessions."""

from peakend.accounts.actions.audit_log import audit, seal_audit
from peakend.accounts.actions.invitations import (
    InvitationGone,
    accept_invitation,
    invite,
    offer_reset,
    revoke_invitation,
)
from peakend.accounts.actions.members import (
    NoPicture,
    add_member,
    change_member,
    change_preferences,
    set_capacity,
    set_picture,
)
from peakend.accounts.actions.passwords import WeakPassword
from peakend.accounts.actions.sessions import (
    Entry,
    WrongLogin,
    change_password,
    enter,
    sign_in,
    sign_out,
    sweep_sessions,
)
from peakend.accounts.actions.teams import (
    add_skill,
    add_team,
    change_team,
    remove_skill,
    remove_team,
)
from peakend.accounts.actions.tenant import (
    SetUpGone,
    add_brand,
    change_brand,
    change_organisation,
    create_organisation,
    offer_set_up,
    set_up,
)

__all__ = [
    "Entry",
    "InvitationGone",
    "NoPicture",
    "SetUpGone",
    "WeakPassword",
    "WrongLogin",
    "accept_invitation",
    "add_brand",
    "add_member",
    "add_skill",
    "add_team",
    "audit",
    "change_brand",
    "change_member",
    "change_organisation",
    "change_password",
    "change_preferences",
    "change_team",
    "create_organisation",
    "enter",
    "invite",
    "offer_reset",
    "offer_set_up",
    "remove_skill",
    "remove_team",
    "revoke_invitation",
    "seal_audit",
    "set_capacity",
    "set_picture",
    "set_up",
    "sign_in",
    "sign_out",
    "sweep_sessions",
]
