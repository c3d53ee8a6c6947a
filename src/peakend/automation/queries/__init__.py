"""Reading macros and webhooks."""

from peakend.automation.queries.previews import (
    MacroNotFound,
    Preview,
    Step,
    macros,
    need_macro,
    plan,
    previewed,
)
from peakend.automation.queries.webhooks import (
    DeliveryNotFound,
    Sent,
    WebhookNotFound,
    all_webhooks,
    attempts,
    body_of,
    deliveries,
    need_delivery,
    need_webhook,
    secrets_of,
    waiting_counts,
)

__all__ = [
    "DeliveryNotFound",
    "MacroNotFound",
    "Preview",
    "Sent",
    "Step",
    "WebhookNotFound",
    "all_webhooks",
    "attempts",
    "body_of",
    "deliveries",
    "macros",
    "need_delivery",
    "need_macro",
    "need_webhook",
    "plan",
    "previewed",
    "secrets_of",
    "waiting_counts",
]
