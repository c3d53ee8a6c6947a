"""`peakend mail parse FILE [--strict]`."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from peakend.entry.cli import app

GOOD = "From: 王海涛 <w@x.example>\nTo: s@x.example\nSubject: 退款\n\n您好\n\n发自我的iPhone\n"


def parse(file: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["mail", "parse", str(file), *more])


def test_the_fields_are_printed(tmp_path: Path) -> None:
    file = tmp_path / "one.eml"
    file.write_text(GOOD)
    said = parse(file, "--strict")
    assert said.exit_code == 0
    assert json.loads(said.stdout) == {
        "from_email": "w@x.example",
        "from_name": "王海涛",
        "to": "s@x.example",
        "cc": "",
        "subject": "退款",
        "content_type": "text/plain",
        "text": "您好\n\n发自我的iPhone",
        "reply_text": "您好",
        "html_safe": "",
        "attachments": [],
        "automatic": False,
        "reasons": [],
    }


def test_strict_fails_where_something_was_not_read(tmp_path: Path) -> None:
    file = tmp_path / "one.eml"
    file.write_bytes(b"")
    assert parse(file).exit_code == 0
    said = parse(file, "--strict")
    assert said.exit_code == 1
    (reason,) = json.loads(said.stdout)["reasons"]
    assert (reason["code"], reason["unread"]) == ("empty", True)
    assert reason["zh"] == "这封邮件是空的"
    assert reason["en"] == "The mail is empty"


def test_attachments_are_told_by_name_kind_and_size(tmp_path: Path) -> None:
    file = tmp_path / "one.eml"
    file.write_bytes(
        b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\naGVsbG8="
    )
    assert json.loads(parse(file).stdout)["attachments"] == [
        {"name": "a.pdf", "content_type": "application/pdf", "size": 5}
    ]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    said = parse(tmp_path / "none.eml")
    assert said.exit_code == 2
    assert "none.eml" in said.stderr
