"""A demo never begins on tables that a build with others has made."""

from pathlib import Path

import pytest

from peakend.entry import cli
from peakend.kernel.settings import settings


@pytest.mark.parametrize(
    ("there", "mark", "moves"),
    [(False, None, False), (True, None, True), (True, "other", True), (True, "own", False)],
)
def test_the_folder_of_other_tables_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, mark: str | None, moves: bool
) -> None:
    folder = tmp_path / "peakend-demo"
    note = tmp_path / "peakend-demo.tables"
    monkeypatch.setattr(settings, "data_dir", folder)
    if mark == "own":
        cli._stay_clear_of_other_tables()
    elif mark:
        note.write_text(mark)
    if there:
        folder.mkdir()
    cli._stay_clear_of_other_tables()
    assert (settings.data_dir != folder) is moves
    assert settings.data_dir.parent == tmp_path
    assert settings.data_dir.name.startswith("peakend-demo")
