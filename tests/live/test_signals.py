"""Who hears of typing and looking: those who have the conversation open, and nobody else."""

import json
from typing import Any

from peakend.entry.live import Hub, Listener
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id


async def _sent(message: dict[str, Any]) -> None:
    """Take a frame; the queue is what is looked at."""


def heard(listener: Listener) -> list[dict[str, Any]]:
    frames = []
    while listener.waiting:
        frame = listener.waiting.popleft()
        frames.append(json.loads(frame or "{}"))
    return frames


async def test_only_an_open_conversation_hears_of_typing(database) -> None:
    home, open_one, other = new_id(), new_id(), new_id()
    hub = Hub(database)
    listeners = {}
    for name, where in (("here", open_one), ("there", other), ("nowhere", None)):
        actor = Actor(organisation_id=home, kind="member", id=new_id(), name=name)
        listeners[name] = Listener(actor, _sent)
        listeners[name].looking = where
        hub.members[home].add(listeners[name])
    hub._on_signal(
        {
            "organisation_id": str(home),
            "kind": "typing",
            "conversation_id": str(open_one),
            "who": {"kind": "customer", "id": str(new_id()), "name": None},
            "on": True,
        }
    )
    assert [frame["kind"] for frame in heard(listeners["here"])] == ["typing"]
    assert heard(listeners["there"]) == heard(listeners["nowhere"]) == []
