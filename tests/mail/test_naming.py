"""The name system for mail: what was asked is known for a while, and one that is silent rests."""

from types import SimpleNamespace

import pytest

from peakend.adapters.mail import DnsNames, naming
from peakend.kernel.outgoing import NamesSilent
from peakend.mail.ports import NamesUnknown


class World:
    """What the resolver of this machine says, and how often it was asked."""

    def __init__(self) -> None:
        self.silent = False
        self.found = ["v=spf1 -all"]
        self.asked = 0
        self.now = 1000.0

    async def records(self, name: str, kind: str, *, lasts_s: float) -> list[str]:
        self.asked += 1
        if self.silent:
            raise NamesSilent
        return self.found


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(naming, "name_records", made.records)
    monkeypatch.setattr(naming, "time", SimpleNamespace(monotonic=lambda: made.now))
    return made


async def test_what_was_asked_is_known_for_a_while(world: World) -> None:
    names = DnsNames()
    assert await names.ask("x.example", "TXT") == ["v=spf1 -all"]
    world.found = []
    assert await names.ask("x.example", "TXT") == ["v=spf1 -all"]
    assert await names.ask("x.example", "TXT", fresh=True) == []
    assert await names.ask("x.example", "TXT") == []
    assert world.asked == 2
    world.now += naming.KNOWN_S + 1
    await names.ask("x.example", "TXT")
    assert world.asked == 3


async def test_who_stays_silent_is_left_in_peace(world: World) -> None:
    names = DnsNames()
    world.silent = True
    for at in range(naming.SILENCES + 10):
        with pytest.raises(NamesUnknown):
            await names.ask(f"x{at}.example", "TXT")
    assert world.asked == naming.SILENCES
    # Somebody who presses a button is answered all the same.
    with pytest.raises(NamesUnknown):
        await names.ask("x.example", "TXT", fresh=True)
    assert world.asked == naming.SILENCES + 1
    world.silent, world.now = False, world.now + naming.RESTS_S + 1
    assert await names.ask("x.example", "TXT") == ["v=spf1 -all"]


async def test_what_is_too_long_is_no_record_and_few_are_remembered(world: World) -> None:
    names = DnsNames()
    world.found = ["v=spf1 " + "a" * naming.LONGEST]
    assert await names.ask("x.example", "TXT") == []
    world.found = ["x"]
    for at in range(naming.MOST_KNOWN + 5):
        await names.ask(f"x{at}.example", "TXT")
    asked = world.asked
    await names.ask(f"x{naming.MOST_KNOWN}.example", "TXT")
    assert world.asked == asked
    await names.ask("x0.example", "TXT")
    assert world.asked == asked + 1
