"""Routes of organisations, people, sessions and the audit log."""

from typing import Any

from peakend.accounts.api import members, pictures, sessions, teams, tenant

routes: list[Any] = [
    *sessions.routes,
    *members.routes,
    *pictures.routes,
    *teams.routes,
    *tenant.routes,
]
