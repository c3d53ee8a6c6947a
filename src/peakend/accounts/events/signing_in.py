"""Facts about signing in: passwords, second steps, passkeys, sessions, single sign-on."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Fact):
    """A member's password changed; all earlier sessions ended."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class PasswordResetOffered(Fact):
    """An administrator made a link by which a member chooses a new password."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class SignedIn(Fact):
    """A member opened a session, by this way and second step."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    session_id: UUID
    way: str = ""
    second: str = ""


@dataclass(frozen=True, kw_only=True)
class SessionProved(Fact):
    """A member showed once more who he is, by `way`: password or passkey."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    session_id: UUID
    way: str


@dataclass(frozen=True, kw_only=True)
class SignedOut(Fact):
    """A member closed a session."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Fact):
    """Sessions of a member were ended from elsewhere, by himself or by an administrator."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    count: int


@dataclass(frozen=True, kw_only=True)
class SecondStepBegun(Fact):
    """A member was shown a secret for two-step sign-in; it counts once a code proved it."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class SecondStepSet(Fact):
    """A member signs in with two steps from now on."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class SecondStepRemoved(Fact):
    """Two-step sign-in of a member was turned off, by himself or by an administrator."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    by_other: bool


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesMade(Fact):
    """A member got new recovery codes; the earlier ones ended."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Fact):
    """A recovery code took the place of a code; so many are left."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    left: int


@dataclass(frozen=True, kw_only=True)
class SignInWaits(Fact):
    """A password was right, and the second step is asked for."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    step: str


@dataclass(frozen=True, kw_only=True)
class SignInRulesChanged(Fact):
    """What the organisation asks of whoever signs in changed."""

    subject: ClassVar[str] = "tenant_id"
    tenant_id: UUID
    password_least: int
    networks: int


@dataclass(frozen=True, kw_only=True)
class SsoChanged(Fact):
    """Single sign-on was set up, changed, turned on or off; `only`: passwords open no session."""

    subject: ClassVar[str] = "tenant_id"
    tenant_id: UUID
    active: bool
    only: bool


@dataclass(frozen=True, kw_only=True)
class SsoSecretChanged(Fact):
    """The secret with which the house names itself to its provider was given anew."""

    subject: ClassVar[str] = "tenant_id"
    tenant_id: UUID


@dataclass(frozen=True, kw_only=True)
class SsoLinked(Fact):
    """A member is known to be somebody at the provider: by a verified address, or by himself."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    by_himself: bool = False


@dataclass(frozen=True, kw_only=True)
class SsoUnlinked(Fact):
    """A member is known no longer to be somebody at the provider; he did it himself."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class SsoGranted(Fact):
    """A sign-in changed a member's roles or teams to what the provider says he has."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    role: str
    own_roles: int
    teams: int


@dataclass(frozen=True, kw_only=True)
class PasskeyAdded(Fact):
    """A member can sign in with one more passkey."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    passkey_id: UUID


@dataclass(frozen=True, kw_only=True)
class PasskeyRenamed(Fact):
    """A member gave a passkey another name."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    passkey_id: UUID


@dataclass(frozen=True, kw_only=True)
class PasskeyRemoved(Fact):
    """A member removed a passkey of his own."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    passkey_id: UUID


@dataclass(frozen=True, kw_only=True)
class PasskeySuspected(Fact):
    """The counter of a passkey went back: there may be a copy; it opens nothing any more."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    passkey_id: UUID
