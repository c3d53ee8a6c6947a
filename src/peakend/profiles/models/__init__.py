"""Tables and rows of fields, companies and what belongs to them."""

from peakend.kernel.personal import plain
from peakend.profiles.models.companies import (
    Company,
    KeptObject,
    ObjectType,
    company_customer_table,
    company_domain_table,
    company_gram_table,
    company_table,
    kept_object_table,
    object_type_table,
)
from peakend.profiles.models.fields import (
    FIELD_COLUMNS,
    Field,
    ValueRow,
    field_reveal_table,
    field_table,
    field_value_table,
)
from peakend.profiles.models.links import ContextLink, context_link_table

__all__ = [
    "FIELD_COLUMNS",
    "Company",
    "ContextLink",
    "Field",
    "KeptObject",
    "ObjectType",
    "ValueRow",
    "company_customer_table",
    "company_domain_table",
    "company_gram_table",
    "company_table",
    "context_link_table",
    "field_reveal_table",
    "field_table",
    "field_value_table",
    "kept_object_table",
    "object_type_table",
]

plain(
    "settings",
    "profile_field",
    "object_type",
    "context_link",
    "company",
    "company_gram",
    "company_domain",
)
