"""The generated pages are current, and nothing of the code is missing from the documents."""

import re
from pathlib import Path

import pytest
import typer

from peakend.entry import wiring
from peakend.entry.cli import app
from peakend.insight.metrics import METRICS
from peakend.kernel.events import FACTS
from tools import docs

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
HERE = Path(__file__).parent


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize(("name", "made"), [("facts.md", docs.facts), ("api.md", docs.api)])
def test_a_generated_page_is_current(name: str, made) -> None:
    assert page(name) == made(), f"docs/{name} is behind: python -m tools.docs"


def test_every_fact_has_its_line() -> None:
    wiring.load()
    ours = {name for name, kind in FACTS.items() if kind.__module__.startswith("peakend.")}
    listed = set(re.findall(r"^\| (\w+) \|", page("facts.md"), re.MULTILINE)) - {"fact"}
    assert listed == ours


def test_every_fact_is_recorded_and_says_what_happened() -> None:
    wiring.load()
    for name, kind in FACTS.items():
        if kind.__module__.startswith("peakend."):
            assert docs.first_line(kind.__doc__), f"{name} does not say what happened"
            assert docs.tracing.recorders(name), f"nobody records {name}"


def settings_in_code() -> set[str]:
    kinds = ("*.py", "*.ts", "*.mjs", "Makefile")
    places = [ROOT / name for name in ("src", "tests", "tools", "bench", "web")]
    files = [ROOT / "hatch_build.py", ROOT / "Makefile"]
    for place in places:
        for kind in kinds:
            files += place.rglob(kind) if place.is_dir() else ()
    found: set[str] = set()
    for file in files:
        if not {"node_modules", "dist", "static"} & set(file.parts) and HERE not in file.parents:
            found |= set(re.findall(r"\bPEAKEND_[A-Z_]+[A-Z]\b", file.read_text("utf-8")))
    # The name of the secret in the examples for host pages: it is theirs, not ours.
    return found - {"PEAKEND_IDENTITY_SECRET"}


def test_every_setting_has_its_line() -> None:
    listed = set(re.findall(r"^\| `(PEAKEND_\w+)`", page("settings.md"), re.MULTILINE))
    assert listed == settings_in_code()


def test_every_command_and_flag_has_its_line() -> None:
    text = page("settings.md")
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        line = next((one for one in text.splitlines() if one.startswith(f"| `peakend {name}")), "")
        assert line, f"peakend {name} has no line"
        usual = "--data-dir --host --port" if "the same" in line else ""
        for option in command.params:
            for flag in getattr(option, "opts", ()):
                if flag.startswith("--") and flag != "--help":
                    assert flag in line + usual, f"peakend {name} {flag} has no line"


def test_every_measure_has_its_word() -> None:
    text = page("glossary.md")
    for key in METRICS:
        assert key in text or key.split(".")[0] in text, f"{key} is not in the glossary"
