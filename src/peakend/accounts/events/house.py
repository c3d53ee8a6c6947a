"""Facts about the organisation, its brands, people, roles and keys."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class OrganisationCreated(Fact):
    """A tenant came into being by its set-up link."""

    subject: ClassVar[str] = "tenant_id"
    tenant_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(Fact):
    """Name, language or time zone of the tenant changed."""

    subject: ClassVar[str] = "tenant_id"
    tenant_id: UUID


@dataclass(frozen=True, kw_only=True)
class BrandAdded(Fact):
    """A brand was added to the organisation."""

    subject: ClassVar[str] = "brand_id"
    brand_id: UUID


@dataclass(frozen=True, kw_only=True)
class BrandChanged(Fact):
    """Name, address part or look of a brand changed."""

    subject: ClassVar[str] = "brand_id"
    brand_id: UUID


@dataclass(frozen=True, kw_only=True)
class DomainAdded(Fact):
    """A brand wants to be found at a host name of its own; nothing is shown there yet."""

    subject: ClassVar[str] = "domain_id"
    domain_id: UUID
    brand_id: UUID


@dataclass(frozen=True, kw_only=True)
class DomainVerified(Fact):
    """A brand's pages are shown at a host name from now on: it was proven whose it is."""

    subject: ClassVar[str] = "domain_id"
    domain_id: UUID
    brand_id: UUID


@dataclass(frozen=True, kw_only=True)
class DomainLost(Fact):
    """The proof has been away for three days: nothing is shown at the host name any more."""

    subject: ClassVar[str] = "domain_id"
    domain_id: UUID
    brand_id: UUID


@dataclass(frozen=True, kw_only=True)
class DomainRemoved(Fact):
    """A brand's host name was taken off the list."""

    subject: ClassVar[str] = "domain_id"
    domain_id: UUID
    brand_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberInvited(Fact):
    """Somebody was asked to join."""

    subject: ClassVar[str] = "invitation_id"
    invitation_id: UUID
    role: str


@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(Fact):
    """An invitation was taken back before it was used."""

    subject: ClassVar[str] = "invitation_id"
    invitation_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Fact):
    """A member exists from now on; `queries.invited_queue_ids` tells which queues were promised."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    role: str
    capacity: int
    invitation_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class MemberChanged(Fact):
    """Name, role, teams, skills or picture of a member changed."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    role: str
    capacity: int


@dataclass(frozen=True, kw_only=True)
class MemberSkillsChanged(Fact):
    """What a member can was changed on the floor; what was added and what was taken away."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    added: tuple[UUID, ...]
    removed: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class MemberCapacityChanged(Fact):
    """How many conversations a member may hold at once changed."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    capacity: int


@dataclass(frozen=True, kw_only=True)
class MemberDisabled(Fact):
    """A member may not sign in any more; all sessions ended."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberEnabled(Fact):
    """A member may sign in again."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class PreferencesChanged(Fact):
    """A member arranged the desk differently."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class TeamAdded(Fact):
    """A team was formed."""

    subject: ClassVar[str] = "team_id"
    team_id: UUID


@dataclass(frozen=True, kw_only=True)
class TeamChanged(Fact):
    """A team's name or people changed."""

    subject: ClassVar[str] = "team_id"
    team_id: UUID


@dataclass(frozen=True, kw_only=True)
class TeamRemoved(Fact):
    """A team was dissolved."""

    subject: ClassVar[str] = "team_id"
    team_id: UUID


@dataclass(frozen=True, kw_only=True)
class SkillAdded(Fact):
    """A skill was named."""

    subject: ClassVar[str] = "skill_id"
    skill_id: UUID


@dataclass(frozen=True, kw_only=True)
class SkillRemoved(Fact):
    """A skill is no longer used."""

    subject: ClassVar[str] = "skill_id"
    skill_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberRolesChanged(Fact):
    """A member holds other roles; `role` is the built-in one whose rules of sign-in hold now."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    role: str
    own_roles: int


@dataclass(frozen=True, kw_only=True)
class RoleAdded(Fact):
    """The house made a role of its own."""

    subject: ClassVar[str] = "role_id"
    role_id: UUID
    sight: str
    rights: int


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Fact):
    """What a role of the house is called or gives changed, at once for all who hold it."""

    subject: ClassVar[str] = "role_id"
    role_id: UUID
    sight: str
    rights: int


@dataclass(frozen=True, kw_only=True)
class RoleRemoved(Fact):
    """A role that nobody held was removed."""

    subject: ClassVar[str] = "role_id"
    role_id: UUID


@dataclass(frozen=True, kw_only=True)
class TwoPersonRuleChanged(Fact):
    """Dangerous changes need two people from now on, or no longer."""

    subject: ClassVar[str] = "tenant_id"
    tenant_id: UUID
    active: bool


@dataclass(frozen=True, kw_only=True)
class ProposalMade(Fact):
    """Somebody asked for a change that needs a second person."""

    subject: ClassVar[str] = "proposal_id"
    proposal_id: UUID
    about: str


@dataclass(frozen=True, kw_only=True)
class ProposalDecided(Fact):
    """A proposed change was confirmed, refused or taken back."""

    subject: ClassVar[str] = "proposal_id"
    proposal_id: UUID
    about: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class MemberRescued(Fact):
    """An administrator who was locked out was let in again from the host's shell."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    networks_opened: bool


@dataclass(frozen=True, kw_only=True)
class FieldSightsChanged(Fact):
    """How much roles see of a customer's details changed; for so many of them it is not usual."""

    subject: ClassVar[str] = "tenant_id"
    tenant_id: UUID
    roles: int


@dataclass(frozen=True, kw_only=True)
class ApiKeyMade(Fact):
    """A member made a key with which programs act for him, within so many permissions."""

    subject: ClassVar[str] = "key_id"
    key_id: UUID
    member_id: UUID
    scopes: int


@dataclass(frozen=True, kw_only=True)
class ApiKeyRevoked(Fact):
    """A key ended before its time."""

    subject: ClassVar[str] = "key_id"
    key_id: UUID


@dataclass(frozen=True, kw_only=True)
class JobsRetried(Fact):
    """Work in the background that had been given up was asked for anew."""

    subject: ClassVar[str] = "tenant_id"
    tenant_id: UUID
    job: str
    count: int


@dataclass(frozen=True, kw_only=True)
class FileScanned(Fact):
    """A scanner said something of the bytes of files: `verdict` and why, or what it found.

    `waiting` where it does not answer. `released` where somebody let them through unseen.
    """

    subject: ClassVar[str] = "scan_id"
    scan_id: UUID
    verdict: str
    code: str
    finding: str
    released: bool
