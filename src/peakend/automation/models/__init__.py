"""Tables and rows of automation."""

from peakend.automation.models.bulk import (
    ITEM_COLUMNS,
    RUN_COLUMNS,
    BulkItemRow,
    BulkRunRow,
    RunState,
)
from peakend.automation.models.macros import MACRO_COLUMNS, Macro
from peakend.automation.models.webhooks import (
    DELIVERY_COLUMNS,
    WEBHOOK_COLUMNS,
    Attempt,
    Delivery,
    Due,
    Webhook,
)
from peakend.kernel.personal import plain

__all__ = [
    "DELIVERY_COLUMNS",
    "ITEM_COLUMNS",
    "MACRO_COLUMNS",
    "RUN_COLUMNS",
    "WEBHOOK_COLUMNS",
    "Attempt",
    "BulkItemRow",
    "BulkRunRow",
    "Delivery",
    "Due",
    "Macro",
    "RunState",
    "Webhook",
]

plain(
    "settings",
    "macro",
    "webhook",
)
plain(
    "numbers",
    "bulk_run",
    "bulk_item",
    "macro_run",
    "webhook_delivery",
)
