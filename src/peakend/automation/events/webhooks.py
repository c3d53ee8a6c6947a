"""Facts of webhooks: ids and short codes, never addresses."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class WebhookChanged(Fact):
    """A webhook was made, changed, told a new secret, paused, resumed or removed (`what`)."""

    subject: ClassVar[str] = "webhook_id"
    webhook_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class WebhookDisabled(Fact):
    """A webhook is told no more, as its receiver failed for days or said it is gone (`why`)."""

    subject: ClassVar[str] = "webhook_id"
    webhook_id: UUID
    why: str


@dataclass(frozen=True, kw_only=True)
class WebhookReplayed(Fact):
    """Facts are told to a webhook once more, so many of them."""

    subject: ClassVar[str] = "webhook_id"
    webhook_id: UUID
    count: int
