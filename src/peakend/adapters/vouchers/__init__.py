"""Adapters that issue what was granted."""

from peakend.adapters.vouchers.ledger_only import LedgerOnly
from peakend.adapters.vouchers.webhook import WebhookVouchers

__all__ = ["LedgerOnly", "WebhookVouchers"]
