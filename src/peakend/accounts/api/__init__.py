"""Routes of organisations, people, sessions and the audit log."""

from typing import Any

from peakend.accounts.api import (
    api_keys,
    audit_log,
    brands,
    domains,
    members,
    passkeys,
    pictures,
    proofs,
    proposals,
    roles,
    second_steps,
    sessions,
    sights,
    sso,
    sso_own,
    teams,
    tenant,
)

routes: list[Any] = [
    *sessions.routes,
    *second_steps.routes,
    *passkeys.routes,
    *proofs.routes,
    *sso.routes,
    *sso_own.routes,
    *members.routes,
    *pictures.routes,
    *roles.routes,
    *sights.routes,
    *proposals.routes,
    *api_keys.routes,
    *teams.routes,
    *tenant.routes,
    *brands.routes,
    *domains.routes,
    *audit_log.routes,
]
