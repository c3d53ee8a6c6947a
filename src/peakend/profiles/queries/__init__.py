"""Reading fields, companies and what belongs to them."""

from peakend.profiles.models import Field
from peakend.profiles.queries.fields import (
    FieldNotFound,
    Owner,
    ValueView,
    conversation_owner,
    customer_owner,
    fields,
    fields_of,
    missing,
    need_field,
    values,
)

__all__ = [
    "Field",
    "FieldNotFound",
    "Owner",
    "ValueView",
    "conversation_owner",
    "customer_owner",
    "fields",
    "fields_of",
    "missing",
    "need_field",
    "values",
]
