"""Work in the background that was given up: asked for anew by a person."""

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.events import JobsRetried
from peakend.kernel import jobs
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.events import record


class NothingGivenUp(NotFound):
    """No work of that kind was given up, or somebody has asked for it already."""

    wording = "accounts.nothing_given_up"


async def retry_jobs(tx: Transaction, *, name: str) -> int:
    """Let what was given up be tried anew; return how many. Errors: NothingGivenUp."""
    count = await jobs.again(tx, name)
    if not count:
        raise NothingGivenUp
    await record(tx, JobsRetried(tenant_id=tx.organisation_id, job=name, count=count))
    await audit(tx, "jobs.retried", "organisation", tx.organisation_id, {"count": count})
    return count
