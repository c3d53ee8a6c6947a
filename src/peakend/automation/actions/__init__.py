"""What is done with macros, with many conversations at once, and with webhooks."""

from peakend.automation.actions import archiving as _archiving
from peakend.automation.actions import forgetting as forgetting
from peakend.automation.actions.bulk import (
    NothingToUndo,
    WrongBulk,
    bulk_step,
    start_bulk,
    undo_bulk,
)
from peakend.automation.actions.checking import CardOfFewer, WrongSteps
from peakend.automation.actions.delivering import Courier
from peakend.automation.actions.gathering import (
    gather_webhooks,
    replay_delivery,
    replay_range,
    sweep_deliveries,
)
from peakend.automation.actions.macros import (
    MacroBlocked,
    MacroStale,
    NothingToDo,
    NotYourMacro,
    SolvedNeeded,
    TooManyMacros,
    add_macro,
    change_macro,
    delete_macro,
    run_macro,
)
from peakend.automation.actions.testing import Tried, try_webhook
from peakend.automation.actions.webhooks import (
    NotWholeHouse,
    TooManyWebhooks,
    WebhookByKey,
    WebhookStale,
    WebhookText,
    add_webhook,
    change_webhook,
    remove_webhook,
    rotate_secret,
    switch_webhook,
)

__all__ = [
    "CardOfFewer",
    "Courier",
    "MacroBlocked",
    "MacroStale",
    "NotWholeHouse",
    "NotYourMacro",
    "NothingToDo",
    "NothingToUndo",
    "SolvedNeeded",
    "TooManyMacros",
    "TooManyWebhooks",
    "Tried",
    "WebhookByKey",
    "WebhookStale",
    "WebhookText",
    "WrongBulk",
    "WrongSteps",
    "_archiving",
    "add_macro",
    "add_webhook",
    "bulk_step",
    "change_macro",
    "change_webhook",
    "delete_macro",
    "forgetting",
    "gather_webhooks",
    "remove_webhook",
    "replay_delivery",
    "replay_range",
    "rotate_secret",
    "run_macro",
    "start_bulk",
    "sweep_deliveries",
    "switch_webhook",
    "try_webhook",
    "undo_bulk",
]
