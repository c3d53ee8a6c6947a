"""What is done to customers."""

from peakend.customers.actions import archiving as _archiving
from peakend.customers.actions import carrying as _carrying
from peakend.customers.actions import forgetting as forgetting
from peakend.customers.actions.customers import (
    CustomerStale,
    add_customer,
    add_identity,
    add_note,
    change_customer,
    hold_identity,
    set_preferences,
)
from peakend.customers.actions.merging import (
    AlreadyMerged,
    Merged,
    MergeNotFound,
    merge_customers,
    need_merge,
    part_customers,
    tell_apart,
)
from peakend.customers.actions.removing import remove_customers
from peakend.customers.actions.reveals import Revealed, reveal
from peakend.customers.actions.visits import (
    Identified,
    Visit,
    identify,
    prove_mailbox,
    record_page,
    see_visitors,
    start_visit,
    sweep_visitors,
)

__all__ = [
    "AlreadyMerged",
    "CustomerStale",
    "Identified",
    "MergeNotFound",
    "Merged",
    "Revealed",
    "Visit",
    "_archiving",
    "_carrying",
    "add_customer",
    "add_identity",
    "add_note",
    "change_customer",
    "forgetting",
    "hold_identity",
    "identify",
    "merge_customers",
    "need_merge",
    "part_customers",
    "prove_mailbox",
    "record_page",
    "remove_customers",
    "reveal",
    "see_visitors",
    "set_preferences",
    "start_visit",
    "sweep_visitors",
    "tell_apart",
]
