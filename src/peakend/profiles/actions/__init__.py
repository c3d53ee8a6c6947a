"""What is done to fields, companies and what belongs to them."""

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

__all__ = [
    "FieldStale",
    "FieldsMissing",
    "Filling",
    "RevealAsked",
    "Revealed",
    "ValueChange",
    "WrongValue",
    "add_field",
    "change_field",
    "fill",
    "need_complete",
    "order_fields",
    "reveal",
]
