"""Who may do what in a crisis file, what a playbook lays down, when one may be closed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from peakend.complaints.rules.crises import (
    PlaybookStep,
    Standing,
    due_times,
    fitting,
    is_late,
    kind_of,
    missing_for_closing,
    standing,
    step_report,
)

OWNER, SPEAKER, READER, STRANGER = (UUID(int=n) for n in range(1, 5))
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("who", "manages", "found"),
    [
        (OWNER, False, Standing(leads=True, speaks=False)),
        (SPEAKER, False, Standing(leads=False, speaks=True)),
        (READER, False, Standing(leads=False, speaks=False)),
        (STRANGER, False, None),
        (None, False, None),
        # Who leads complaints sees and leads every file, and speaks in none unless he is named.
        (STRANGER, True, Standing(leads=True, speaks=False)),
        (SPEAKER, True, Standing(leads=True, speaks=True)),
        (None, True, Standing(leads=True, speaks=False)),
    ],
)
def test_who_may_do_what(who: UUID | None, manages: bool, found: Standing | None) -> None:
    assert (
        standing(who, manages=manages, owner_id=OWNER, speakers=[SPEAKER], readers=[READER])
        == found
    )


def test_steps_are_due_from_when_they_are_laid() -> None:
    steps = [PlaybookStep("成立小组"), PlaybookStep("首次回应", "发言人", 60)]
    assert due_times(steps, AT) == [AT, AT + timedelta(hours=1)]


@pytest.mark.parametrize(
    ("given", "asked", "missing"),
    [
        (("起因", "原因", "改进"), 0, {}),
        (("起因", "原因", "改进"), 1, {"statements": "asked"}),
        (("", "原因", "  "), 0, {"happened": "required", "changes": "required"}),
    ],
)
def test_no_closing_without_a_review(
    given: tuple[str, str, str], asked: int, missing: dict[str, str]
) -> None:
    assert missing_for_closing(*given, asked) == missing


def test_what_is_late() -> None:
    second = timedelta(seconds=1)
    assert not is_late(AT, None, AT)
    assert is_late(AT, None, AT + second)
    assert not is_late(AT, AT - second, AT + second)


class Book:
    def __init__(self, kind: str | None) -> None:
        self.kind = kind


@pytest.mark.parametrize(
    ("codes", "fault", "kind"),
    [
        (["exposure", "safety"], "unknown", "safety"),
        (["exposure", "regulator"], "late", "regulator"),
        (["legal"], "late", "regulator"),
        (["boycott", "exposure"], "late", "exposure"),
        (["anger"], "safety", "safety"),
        ([], "unknown", "other"),
    ],
)
def test_what_threatens(codes: list[str], fault: str, kind: str) -> None:
    assert kind_of(codes, fault) == kind


def test_a_playbook_for_the_threat_goes_before_one_for_all() -> None:
    everything, safety = Book(None), Book("safety")
    assert fitting([everything, safety], "safety") is safety
    assert fitting([everything, safety], "outage") is everything
    assert fitting([safety], "outage") is None


def test_a_step_is_measured_from_when_it_was_laid() -> None:
    due = AT + timedelta(minutes=10)
    assert step_report(AT, due, AT + timedelta(minutes=14)) == (600, 840)
    assert step_report(AT, due, None) == (600, -1)
