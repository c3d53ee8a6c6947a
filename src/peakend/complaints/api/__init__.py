"""Routes of complaints, by noun."""

from typing import Any

from peakend.complaints.api import (
    authority,
    complaints,
    crises,
    exceptions,
    grants,
    improvements,
    ledger,
    playbooks,
    schemes,
    settling,
    statements,
    wait_rules,
    waits,
)

routes: list[Any] = [
    *authority.routes,
    *complaints.routes,
    *crises.routes,
    *exceptions.routes,
    *grants.routes,
    *improvements.routes,
    *ledger.routes,
    *schemes.routes,
    *settling.routes,
    *wait_rules.routes,
    *waits.routes,
    *playbooks.routes,
    *statements.routes,
]
