"""The ledger of erasures: appended, sealed, read although its end is torn."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from peakend.kernel.ledger import Gone, carry_ledger, ledger_in, note_erased, read_ledger
from peakend.kernel.settings import settings


def a_line() -> Gone:
    return Gone(
        organisation_id=uuid4(), erasure_id=uuid4(), people=[uuid4(), uuid4()],
        identity="called_back", ground="own_wish", at=datetime.now(UTC),
    )  # fmt: skip


def test_a_line_stands_once_and_only_we_may_read_it(tmp_path: Path) -> None:
    path = ledger_in(tmp_path / "files")
    assert read_ledger(path).lines == []
    one, two = a_line(), a_line()
    assert note_erased(path, [one, one]) == 1
    assert note_erased(path, [two, one]) == 1
    assert read_ledger(path).lines == [one, two]
    assert path.stat().st_mode & 0o777 == 0o600
    assert carry_ledger(path, tmp_path / "beside" / "x") == 2
    assert carry_ledger(path, tmp_path / "beside" / "x") == 0
    assert read_ledger(tmp_path / "beside" / "x").lines == [one, two]


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_torn_end_spoils_nothing_and_heals_when_it_is_written_again(
    tmp_path: Path, cut: int
) -> None:
    path = ledger_in(tmp_path)
    one, two = a_line(), a_line()
    note_erased(path, [one, two])
    path.write_bytes(path.read_bytes()[:-cut])
    found = read_ledger(path)
    # Without its last byte the line is whole all the same.
    assert (found.lines, found.bad) == (([one, two], 0) if cut == 1 else ([one], 1))
    note_erased(path, [two])
    assert (read_ledger(path).lines, read_ledger(path).bad) == ([one, two], 0)


def test_a_changed_or_foreign_line_has_nobody_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ledger_in(tmp_path)
    one, two = a_line(), a_line()
    note_erased(path, [one, two])
    text = path.read_text()
    path.write_text(text.replace(str(two.people[1]), str(uuid4())))
    assert (read_ledger(path).lines, read_ledger(path).bad) == ([one], 1)
    path.write_text(text)
    ours = settings.key
    monkeypatch.setattr(settings, "_key", b"\7" * 32)
    assert (read_ledger(path).lines, read_ledger(path).bad) == ([], 2)
    assert read_ledger(path, ours).lines == [one, two]
