"""Forty mails of Chinese programs: who, what about, what was written now, which files."""

import pytest

from peakend.adapters.mail import read
from tests.mail.letters import ASKED, Letter, letters

LETTERS = letters()


@pytest.mark.parametrize("letter", LETTERS, ids=[f"{one.client}-{one.name}" for one in LETTERS])
def test_a_chinese_mail_is_read_whole(letter: Letter) -> None:
    mail = read(letter.raw)
    assert (mail.from_name, mail.from_email) == (letter.name, letter.email)
    assert mail.subject == letter.subject
    assert mail.reply_text == letter.reply
    assert [one.name for one in mail.attachments] == letter.files
    assert not mail.automatic
    assert mail.whole
    # Folded, not deleted.
    for line in ASKED.split("\n"):
        assert line in mail.text


def test_there_are_forty() -> None:
    assert len(LETTERS) == 40
