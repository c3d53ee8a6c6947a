"""Links and names of files in the documents lead somewhere; pictures are small."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.name not in ("api.md", "facts.md")
)
OURS = ("README", "CHANGELOG", "CONTRIBUTING", "tour", "walks", "glossary", "settings", "operate",
        "embed", "security-notes", "add-a-")  # fmt: skip
NAMED = re.compile(r"`((?:src|web|tests|docs|tools)/[\w./-]+\.\w+|[a-z_]+/[\w/]+\.(?:py|md))`")
LARGEST_PICTURE = 200 * 1024


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{link} leads nowhere"
        if anchor:
            heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in heads}


@pytest.mark.parametrize(
    "page", [p for p in PAGES if p.name.startswith(OURS)], ids=lambda path: path.name
)
def test_named_files_exist(page: Path) -> None:
    for name in NAMED.findall(page.read_text("utf-8")):
        places = (ROOT / name, ROOT / "src" / "peakend" / name)
        made_up = any(word in name for word in ("allback", "NNNN", "src/entry", "src/app"))
        assert made_up or any(place.exists() for place in places), f"{name} does not exist"


def test_both_readmes_say_the_same() -> None:
    english, chinese = (
        (ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")
    )
    for pattern in (r"^    \S.*$", r"docs/[\w/.-]+", r"^## ", r"PEAKEND_\w+"):
        said = [re.findall(pattern, text, re.MULTILINE) for text in (english, chinese)]
        assert sorted(set(said[0])) == sorted(set(said[1]))
    assert english.count("\n## ") == chinese.count("\n## ")


def test_pictures_are_small() -> None:
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.stat().st_size <= LARGEST_PICTURE, picture.name


def test_the_changes_name_this_version() -> None:
    from peakend import __version__

    for name in ("CHANGELOG.md", "CHANGELOG.zh-CN.md"):
        assert f"## {__version__}" in (ROOT / name).read_text("utf-8")


def test_the_check_value_of_the_signature_is_right() -> None:
    import hmac

    text = (ROOT / "docs" / "embed.md").read_text("utf-8")
    signed, given = re.findall(r"the text `([^`]+)` has the hash `([0-9a-f]+)`", text)[0]
    assert hmac.new(b"secret", signed.encode(), "sha256").hexdigest() == given
