"""What is done to fields, companies and what belongs to them."""

from peakend.profiles.actions import archiving as _archiving
from peakend.profiles.actions import carrying as _carrying
from peakend.profiles.actions import forgetting as forgetting
from peakend.profiles.actions.companies import (
    add_company,
    change_company,
    join_company,
    leave_company,
)
from peakend.profiles.actions.defining import (
    add_field,
    change_field,
    order_fields,
)
from peakend.profiles.actions.filling import (
    FieldsMissing,
    FieldStale,
    Filling,
    RevealAsked,
    Revealed,
    ValueChange,
    WrongValue,
    fill,
    need_complete,
    reveal,
)
from peakend.profiles.actions.links import MadeLink, add_link, change_link, new_link_secret
from peakend.profiles.actions.objects import (
    add_object,
    add_type,
    change_object,
    change_type,
)

__all__ = [
    "FieldStale",
    "FieldsMissing",
    "Filling",
    "MadeLink",
    "RevealAsked",
    "Revealed",
    "ValueChange",
    "WrongValue",
    "_archiving",
    "_carrying",
    "add_company",
    "add_field",
    "add_link",
    "add_object",
    "add_type",
    "change_company",
    "change_field",
    "change_link",
    "change_object",
    "change_type",
    "fill",
    "forgetting",
    "join_company",
    "leave_company",
    "need_complete",
    "new_link_secret",
    "order_fields",
    "reveal",
]
