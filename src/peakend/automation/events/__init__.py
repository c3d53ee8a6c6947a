"""Facts of automation."""

from peakend.automation.events.bulk import BulkFinished, BulkMoved, BulkStarted, BulkUndone
from peakend.automation.events.macros import MacroChanged, MacroRun
from peakend.automation.events.webhooks import WebhookChanged, WebhookDisabled, WebhookReplayed

__all__ = [
    "BulkFinished",
    "BulkMoved",
    "BulkStarted",
    "BulkUndone",
    "MacroChanged",
    "MacroRun",
    "WebhookChanged",
    "WebhookDisabled",
    "WebhookReplayed",
]
