"""Reading customers."""

from peakend.customers.models import Customer, Visitor
from peakend.customers.queries.alike import Duplicate, duplicates
from peakend.customers.queries.cards import (
    CustomerBrief,
    CustomerCard,
    CustomerNotFound,
    CustomerRow,
    MergeView,
    PageTrace,
    current_customer,
    current_customers,
    customer_briefs,
    customer_by_identity,
    customer_card,
    customers_with,
    mail_domains,
    need_customer,
    page_trail,
    parts_of,
)
from peakend.customers.queries.found import customer_page, is_erased, search
from peakend.customers.queries.groups import groups_of
from peakend.customers.queries.looks import looks
from peakend.customers.queries.reaching import Reachable, external_ids, mail_addresses
from peakend.customers.queries.seeing import (
    address_seen,
    display_name,
    masked_address,
    name_for,
    name_to_say,
    sees_addresses,
    shown_name,
)
from peakend.customers.queries.visits import (
    actor_for_visitor,
    forget_visitor,
    is_proven,
    last_seen,
    need_visitor,
    visitor_customers,
    visitors_of,
)
from peakend.customers.rules import Attribute, Claim, mail_identity, verify_identity

__all__ = [
    "Attribute",
    "Claim",
    "Customer",
    "CustomerBrief",
    "CustomerCard",
    "CustomerNotFound",
    "CustomerRow",
    "Duplicate",
    "MergeView",
    "PageTrace",
    "Reachable",
    "Visitor",
    "actor_for_visitor",
    "address_seen",
    "current_customer",
    "current_customers",
    "customer_briefs",
    "customer_by_identity",
    "customer_card",
    "customer_page",
    "customers_with",
    "display_name",
    "duplicates",
    "external_ids",
    "forget_visitor",
    "groups_of",
    "is_erased",
    "is_proven",
    "last_seen",
    "looks",
    "mail_addresses",
    "mail_domains",
    "mail_identity",
    "masked_address",
    "name_for",
    "name_to_say",
    "need_customer",
    "need_visitor",
    "page_trail",
    "parts_of",
    "search",
    "sees_addresses",
    "shown_name",
    "verify_identity",
    "visitor_customers",
    "visitors_of",
]
