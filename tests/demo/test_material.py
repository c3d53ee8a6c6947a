"""The content is well-formed, and the plan of the past is steady."""

import subprocess
import sys
from datetime import timedelta

from peakend.entry.demo import plan
from peakend.entry.demo.material import (
    CONTENT,
    articles,
    content,
    customers,
    dialogues,
    spoken_by,
    topics,
)
from tests.demo.conftest import NOON


def test_the_content_holds_together() -> None:
    done = subprocess.run(
        [sys.executable, str(CONTENT / "check_content.py")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_enough_of_everything() -> None:
    assert len(articles()) >= 60
    assert len(dialogues()) >= 60
    assert len(customers()) >= 60
    assert len([p for p in content("people")["staff"] if p["role"] in ("agent", "senior")]) == 12


def test_topics_go_to_queues_of_the_brand_that_has_several() -> None:
    home = {q["slug"] for q in content("people")["queue"] if q["brand"] == "home"}
    assert set(topics().values()) == home


def test_an_agents_line_takes_the_speakers_name() -> None:
    line = "您好，我是坐席王海涛。投诉由主管李文斌处理。"
    assert spoken_by(line, "何静") == "您好，我是坐席何静。投诉由主管李文斌处理。"


def test_the_past_is_the_same_each_time_and_in_order() -> None:
    once = list(plan.past(NOON - timedelta(days=30), NOON))
    again = list(plan.past(NOON - timedelta(days=30), NOON))
    assert once == again
    assert [one.at for one in once] == sorted(one.at for one in once)
    assert len(once) >= 400


def test_the_past_in_two_parts_is_the_past_in_one() -> None:
    middle = NOON - timedelta(days=9, hours=5)
    whole = list(plan.past(NOON - timedelta(days=30), NOON))
    last = list(plan.past(middle, NOON))
    assert [(one.at, one.told.key) for one in whole if one.at >= middle] == [
        (one.at, one.told.key) for one in last
    ]


def test_a_person_of_a_dialogue_comes_back_with_something_else() -> None:
    told = [one for one in plan.past(NOON - timedelta(days=30), NOON) if one.customer is not None]
    for person in {one.customer for one in dialogues() if one.customer}:
        keys = [one.told.key for one in told if one.customer == person]
        own = [d.key for d in dialogues() if d.customer == person]
        assert len(keys) >= 1
        assert len(set(keys)) == len(keys), (person, keys)
        assert len(set(keys) & set(own)) <= 1


def test_today_is_told_only_so_far() -> None:
    today = list(plan.past(NOON - timedelta(hours=11), NOON))
    assert len(today) >= 20
    assert all(one.at < NOON for one in today)
