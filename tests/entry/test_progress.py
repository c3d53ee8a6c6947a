"""How far something is, where no terminal shows a bar: a line a step, and one now and then."""

import pytest

from peakend.entry.console import LINE_S, Steps
from peakend.kernel.progress import Done


def test_what_takes_long_says_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEAKEND_LANGUAGE", "en")
    now = [0.0]
    with Steps(lambda: now[0]) as steps:
        for at_s, mb in ((0.0, 0), (1.0, 400), (LINE_S, 1200), (LINE_S + 1, 1300)):
            now[0] = at_s
            steps.begin("kernel.backups.opening", Done(mb * 10**6, 3 * 10**9, "bytes"))
        steps.begin("kernel.backups.files", Done(0, 50, "files"))
        now[0] = 3 * LINE_S
        steps.begin("kernel.backups.files", Done(20, 50, "files"))
        steps.begin("kernel.backups.files", 0.5)
    assert capsys.readouterr().out.splitlines() == [
        "· Opening the backup",
        "· Opening the backup  1.2 of 3.0 GB",
        "· Copying files",
        "· Copying files  20 of 50 files",
    ]


@pytest.mark.parametrize(
    ("count", "total", "share"), [(0, 4, 0), (3, 4, 0.75), (5, 4, 1), (0, 0, 1)]
)
def test_a_share_is_never_more_than_all(count: int, total: int, share: float) -> None:
    assert Done(count, total, "files").share == share
