"""Reading macros, acts on many, and webhooks."""

from peakend.automation.queries.bulk import (
    BulkRun,
    BulkRunNotFound,
    LeftOut,
    bulk_run,
    bulk_runs,
    left_out,
)
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
    "BulkRun",
    "BulkRunNotFound",
    "DeliveryNotFound",
    "LeftOut",
    "MacroNotFound",
    "Preview",
    "Sent",
    "Step",
    "WebhookNotFound",
    "all_webhooks",
    "attempts",
    "body_of",
    "bulk_run",
    "bulk_runs",
    "deliveries",
    "left_out",
    "macros",
    "need_delivery",
    "need_macro",
    "need_webhook",
    "plan",
    "previewed",
    "secrets_of",
    "waiting_counts",
]
