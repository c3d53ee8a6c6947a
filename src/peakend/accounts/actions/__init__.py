"""What is done to organisations, people and sessions."""

from peakend.accounts.actions import archiving as _archiving
from peakend.accounts.actions import audit_age as _audit_age
from peakend.accounts.actions import carrying as _carrying
from peakend.accounts.actions.api_keys import add_api_key, revoke_api_key
from peakend.accounts.actions.audit_log import audit, export_audit, seal_audit
from peakend.accounts.actions.background import NothingGivenUp, retry_jobs
from peakend.accounts.actions.ceremonies import WrongPasskey
from peakend.accounts.actions.domain_rounds import Surveyor
from peakend.accounts.actions.domains import (
    HostTaken,
    add_domain,
    check_domain,
    remove_domain,
    settle_domain,
)
from peakend.accounts.actions.entering import (
    Entered,
    Pending,
    SignInGone,
    begin_pending,
    sign_in,
    take_second_step,
)
from peakend.accounts.actions.invitations import (
    InvitationGone,
    accept_invitation,
    invite,
    invite_again,
    offer_reset,
    revoke_invitation,
)
from peakend.accounts.actions.looks import change_look, set_mark
from peakend.accounts.actions.members import (
    AuthorityNotYours,
    NoPicture,
    SkillsStale,
    add_member,
    change_member,
    change_preferences,
    set_capacity,
    set_picture,
    set_skills,
)
from peakend.accounts.actions.passkeys import (
    add_passkey,
    begin_adding,
    begin_pending_passkey,
    begin_sign_in,
    remove_passkey,
    rename_passkey,
    set_up_passkey_step,
    sign_in_with_passkey,
    take_passkey_step,
)
from peakend.accounts.actions.passwords import WeakPassword
from peakend.accounts.actions.proofs import (
    NoPasskey,
    begin_proof,
    prove_by_passkey,
    prove_by_password,
)
from peakend.accounts.actions.proposals import (
    confirm,
    decline,
    need_second,
    propose,
    proposer,
    set_two_person_rule,
    two_people,
)
from peakend.accounts.actions.rescuing import rescue
from peakend.accounts.actions.roles import RoleText, add_role, change_role, remove_role, set_roles
from peakend.accounts.actions.scanning import Inspector, NothingHeld, release_file, scanner_answers
from peakend.accounts.actions.second_steps import (
    NewSecret,
    WrongCode,
    begin_own_second_step,
    remove_second_step,
    renew_recovery_codes,
    reset_second_step,
    set_own_second_step,
)
from peakend.accounts.actions.sessions import (
    Device,
    Entry,
    WrongLogin,
    change_password,
    end_other_sessions,
    end_own_session,
    enter,
    sign_out,
    sweep_sessions,
)
from peakend.accounts.actions.sights import set_field_sights
from peakend.accounts.actions.sign_in_rules import change_sign_in_rules, sign_out_member
from peakend.accounts.actions.sso import SsoText, let_passwords_in, set_sso, set_sso_secret
from peakend.accounts.actions.sso_asking import forget_providers
from peakend.accounts.actions.sso_coming import Linked, come_back, set_out
from peakend.accounts.actions.sso_linking import set_out_to_link, unlink
from peakend.accounts.actions.sso_sittings import end_there, way_out
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
    hold_set_up,
    offer_set_up,
    release_set_up,
    set_up,
)

__all__ = [
    "AuthorityNotYours",
    "Device",
    "Entered",
    "Entry",
    "HostTaken",
    "Inspector",
    "InvitationGone",
    "Linked",
    "NewSecret",
    "NoPasskey",
    "NoPicture",
    "NothingGivenUp",
    "NothingHeld",
    "Pending",
    "RoleText",
    "SetUpGone",
    "SignInGone",
    "SkillsStale",
    "SsoText",
    "Surveyor",
    "WeakPassword",
    "WrongCode",
    "WrongLogin",
    "WrongPasskey",
    "_archiving",
    "_audit_age",
    "_carrying",
    "accept_invitation",
    "add_api_key",
    "add_brand",
    "add_domain",
    "add_member",
    "add_passkey",
    "add_role",
    "add_skill",
    "add_team",
    "audit",
    "begin_adding",
    "begin_own_second_step",
    "begin_pending",
    "begin_pending_passkey",
    "begin_proof",
    "begin_sign_in",
    "change_brand",
    "change_look",
    "change_member",
    "change_organisation",
    "change_password",
    "change_preferences",
    "change_role",
    "change_sign_in_rules",
    "change_team",
    "check_domain",
    "come_back",
    "confirm",
    "create_organisation",
    "decline",
    "end_other_sessions",
    "end_own_session",
    "end_there",
    "enter",
    "export_audit",
    "forget_providers",
    "hold_set_up",
    "invite",
    "invite_again",
    "let_passwords_in",
    "need_second",
    "offer_reset",
    "offer_set_up",
    "propose",
    "proposer",
    "prove_by_passkey",
    "prove_by_password",
    "release_file",
    "release_set_up",
    "remove_domain",
    "remove_passkey",
    "remove_role",
    "remove_second_step",
    "remove_skill",
    "remove_team",
    "rename_passkey",
    "renew_recovery_codes",
    "rescue",
    "reset_second_step",
    "retry_jobs",
    "revoke_api_key",
    "revoke_invitation",
    "scanner_answers",
    "seal_audit",
    "set_capacity",
    "set_field_sights",
    "set_mark",
    "set_out",
    "set_out_to_link",
    "set_own_second_step",
    "set_picture",
    "set_roles",
    "set_skills",
    "set_sso",
    "set_sso_secret",
    "set_two_person_rule",
    "set_up",
    "set_up_passkey_step",
    "settle_domain",
    "sign_in",
    "sign_in_with_passkey",
    "sign_out",
    "sign_out_member",
    "sweep_sessions",
    "take_passkey_step",
    "take_second_step",
    "two_people",
    "unlink",
    "way_out",
]
