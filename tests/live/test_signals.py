"""Who hears of typing and looking: those who have the conversation open, and nobody else."""

import json
from typing import Any

from peakend.entry.frames import Batch
from peakend.entry.live import MOST_UNTOLD, Hub, Listener
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id
from peakend.kernel.live import Cursor, Logged


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


async def test_a_desk_that_a_batch_does_not_concern_hears_only_how_far_the_log_is() -> None:
    listener = Listener(Actor(organisation_id=new_id(), kind="member", id=new_id()), _sent)
    for number in range(1, MOST_UNTOLD + 1):
        assert heard(listener) == []
        place = Cursor(number, new_id())
        listener.tell(None, Batch([fact_at(place)], {}, [], place))
    (frame,) = heard(listener)
    assert frame["t"] == "facts"
    assert frame["cursor"] == str(place) == str(listener.after)
    assert [frame[part] for part in ("facts", "conversations", "messages", "gone")] == [[]] * 4
    listener.tell('{"t": "facts"}', Batch([fact_at(place)], {}, [], place))
    assert heard(listener) == [{"t": "facts"}]


def fact_at(place: Cursor) -> Logged:
    return Logged(
        organisation_id=new_id(),
        id=place.id,
        type="ReplySent",
        version=1,
        occurred_at=clock.now(),
        actor="system",
        payload={},
        xid=place.xid,
    )
