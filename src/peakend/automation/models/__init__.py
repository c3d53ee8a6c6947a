"""Tables and rows of automation."""

from peakend.automation.models.macros import MACRO_COLUMNS, Macro
from peakend.automation.models.webhooks import (
    DELIVERY_COLUMNS,
    WEBHOOK_COLUMNS,
    Attempt,
    Delivery,
    Due,
    Webhook,
)

__all__ = [
    "DELIVERY_COLUMNS",
    "MACRO_COLUMNS",
    "WEBHOOK_COLUMNS",
    "Attempt",
    "Delivery",
    "Due",
    "Macro",
    "Webhook",
]
