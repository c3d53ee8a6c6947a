"""Backups of the embedded database with its files, and the archive that runs on between them.

The surprise: the archive is a stream (`pg_receivewal` at a replication slot), not an
`archive_command`: what was acknowledged is in it within a moment, not when a segment is full, and
an archive that cannot be written never fills the disk of the database (decision 0035).
"""

from peakend.kernel.backups.checking import Checked, check, keep_started, last_check
from peakend.kernel.backups.identities import (
    PassphraseAsked,
    chosen_recipient,
    keep_recipient,
    need_no_plain,
    need_recipient,
    new_identity,
    read_identities,
    settled_recipient,
)
from peakend.kernel.backups.opening import need_identity, settings_of, small
from peakend.kernel.backups.places import (
    Archiving,
    BackupProblem,
    Depot,
    Record,
    archiving,
    fingerprint,
)
from peakend.kernel.backups.receiving import Archiver
from peakend.kernel.backups.restoring import Restored, chosen, restore, shown
from peakend.kernel.backups.standing import Standing, standing
from peakend.kernel.backups.taking import Wanted, take

__all__ = [
    "Archiver",
    "Archiving",
    "BackupProblem",
    "Checked",
    "Depot",
    "PassphraseAsked",
    "Record",
    "Restored",
    "Standing",
    "Wanted",
    "archiving",
    "check",
    "chosen",
    "chosen_recipient",
    "fingerprint",
    "keep_recipient",
    "keep_started",
    "last_check",
    "need_identity",
    "need_no_plain",
    "need_recipient",
    "new_identity",
    "read_identities",
    "restore",
    "settings_of",
    "settled_recipient",
    "shown",
    "small",
    "standing",
    "take",
]
