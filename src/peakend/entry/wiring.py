"""Who is plugged into whom: routes, reactions, jobs and ports of every context."""

import importlib
from datetime import datetime
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from peakend.accounts import ports as accounts_ports
from peakend.adapters.language.local import LocalEmbedder
from peakend.adapters.mail import (
    Cells,
    DnsNames,
    ImapPostbox,
    SealCells,
    Seals,
    SmtpDoor,
    SmtpPost,
    compose,
    written,
)
from peakend.adapters.scanning import Clamd
from peakend.adapters.vouchers import LedgerOnly, WebhookVouchers
from peakend.assist import queries as assist
from peakend.cases import ports as cases_ports
from peakend.cases import queries as cases
from peakend.complaints import actions as complaints
from peakend.complaints import ports as complaints_ports
from peakend.conversations import ports as conversations_ports
from peakend.conversations import queries as conversations
from peakend.customers import queries as customers
from peakend.entry import sample
from peakend.feedback import queries as feedback
from peakend.kernel.db import Transaction
from peakend.language.ports import provide_embedder
from peakend.mail import actions as mail
from peakend.mail import ports as mail_ports
from peakend.onboarding import ports as onboarding_ports
from peakend.profiles import queries as profiles
from peakend.routing import ports as routing_ports
from peakend.routing import queries as routing

CONTEXTS = (
    "accounts",
    "mail",
    "customers",
    "knowledge",
    "profiles",
    "conversations",
    "routing",
    "directory",
    "cases",
    "assist",
    "complaints",
    "feedback",
    "automation",
    "portal",
    "exchange",
    "insight",
    "onboarding",
    "privacy",
)


def load() -> None:
    """Import every reaction and job, so that facts written here find who reacts to them.

    The actions, too: they declare what each context holds about persons.
    """
    for context in CONTEXTS:
        for room in ("events", "actions", "reactions", "jobs"):
            if find_spec(f"peakend.{context}.{room}") is not None:
                importlib.import_module(f"peakend.{context}.{room}")
    _ports()


def routes() -> list[Any]:
    """Return the routes of every context's API."""
    found: list[Any] = []
    for context in CONTEXTS:
        if find_spec(f"peakend.{context}.api") is not None:
            found += importlib.import_module(f"peakend.{context}.api").routes
    return found


def _ports() -> None:
    """Join the ports that lower contexts declare with what upper contexts provide."""
    accounts_ports.provided.member_queues = routing.member_queues
    accounts_ports.provided.known_queues = routing.queue_names
    accounts_ports.provided.role_fields = profiles.role_fields
    accounts_ports.provided.invitation_mail = mail.Invitations()
    accounts_ports.provided.scanner = Clamd()
    mail_ports.provided.post = SmtpPost()
    mail_ports.provided.compose = compose
    mail_ports.provided.cleaner = written
    mail_ports.provided.postbox = ImapPostbox()
    mail_ports.provided.reader = Cells()
    mail_ports.provided.names = DnsNames()
    mail_ports.provided.checker = SealCells()
    mail_ports.provided.sign = Seals()
    mail_ports.provided.door = SmtpDoor()
    cases_ports.provided.decided["exception"] = complaints.exception_decided
    conversations_ports.provided.opening = routing.opening_view
    conversations_ports.provided.openings = routing.openings
    conversations_ports.provided.directory = routing.Directory()
    conversations_ports.provided.judged = assist.judged
    conversations_ports.provided.tone = assist.tone_of
    conversations_ports.provided.urges = cases.asks_for_speed
    conversations_ports.provided.wording = assist.need_good_wording
    conversations_ports.provided.approval = assist.need_no_approval
    conversations_ports.provided.visitor_views = [routing.visitor_view, feedback.visitor_view]
    routing_ports.provided.customers_seen = _customers_seen
    cases_ports.provided.decided["statement"] = complaints.decide_statement
    onboarding_ports.provided.make_sample = sample.make
    onboarding_ports.provided.fresh_backup = sample.fresh_backup
    cases_ports.provided.decided["compensation"] = complaints.decided
    complaints_ports.provided.vouchers = {"ledger_only": LedgerOnly(), "webhook": WebhookVouchers()}
    provide_embedder(LocalEmbedder)


async def _customers_seen(tx: Transaction, *, conversation_ids: list[UUID]) -> dict[UUID, datetime]:
    """Return when the customers of conversations last showed themselves."""
    rows = await conversations.rows(tx, conversation_ids, tx.actor)
    seen = await customers.last_seen(tx, {row.customer.id for row in rows})
    return {row.id: seen[row.customer.id] for row in rows if row.customer.id in seen}
