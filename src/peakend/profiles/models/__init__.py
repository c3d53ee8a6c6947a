"""Tables and rows of fields, companies and what belongs to them."""

from peakend.profiles.models.fields import (
    FIELD_COLUMNS,
    Field,
    ValueRow,
    field_reveal_table,
    field_table,
    field_value_table,
)

__all__ = [
    "FIELD_COLUMNS",
    "Field",
    "ValueRow",
    "field_reveal_table",
    "field_table",
    "field_value_table",
]
