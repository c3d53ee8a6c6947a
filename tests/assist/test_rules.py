import msgspec
import pytest

from peakend.assist.rules import digital as rules
from peakend.assist.rules.digital import Measures


@pytest.mark.parametrize(
    "text",
    [
        "人工", "转人工", "转人工！", "人工客服", "我要人工", "找真人", "客服",
        "我要找客服",
        "请帮我转接人工服务", "真人客服", "有没有真人啊", "你听不懂，给我转人工",
        "不想和机器人说话",
        "我要和真人说话", "快点转人工吧", "human", "Agent please",
        "I want to talk to a real person",
        "can I speak to someone", "转接坐席",
        "human please", "a human", "live agent", "customer service", "operator!",
        "I’d like to talk to somebody", "talk to a real person", "get me a human",
        "put me through to customer service", "connect me with an agent", "transfer to human",
        "I don't want to talk to a bot", "I need a person to talk to",
        "Let me speak to your manager",
        "Hello, can I talk to an agent?", "is there a person there",
    ],
)  # fmt: skip
def test_a_person_is_asked_for(text: str) -> None:
    assert rules.intent(text) == "person"


@pytest.mark.parametrize(
    "text",
    [
        "人工费多少钱", "修热水器人工费怎么算", "煤气灶打不着火", "客服电话是多少",
        "人工智能是什么",
        "师傅来了没有人", "家里没人怎么收货", "is the technician a person I know", "", "？？？",
        "The agent was rude to me", "I need a person to fix my door", "I want to complain",
        "human hair is blocking the drain", "customer service opening hours",
        "when will the agent arrive at my house", "transfer the gas to somebody else",
        "is somebody coming today", "I want a refund",
    ],
)  # fmt: skip
def test_a_question_is_no_wish_for_a_person(text: str) -> None:
    assert rules.intent(text) == "question"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("你好", "greeting"),
        ("您好！", "greeting"),
        ("在吗？", "greeting"),
        ("hello", "greeting"),
        ("谢谢", "thanks"),
        ("好的，谢谢您", "thanks"),
        ("知道了", "thanks"),
        ("Thank you so much", "thanks"),
        ("解决了", "solved"),
        ("可以了谢谢", "solved"),
        ("好多了", "solved"),
        ("花洒拆下来全是水垢，洗了好多了", "solved"),
        ("按你说的换了电池，现在正常了", "solved"),
        ("水压正常了，还是不热", "question"),
        ("昨天刚修好，今天又坏了", "question"),
        ("换了电池，怎么才算好了", "question"),
        ("之前，修好了", "question"),
        ("还是不行", "unsolved"),
        ("试过了，没用", "unsolved"),
        ("It still doesn't work", "unsolved"),
        ("It doesn’t work", "unsolved"),
        ("I tried that, it didn't help", "unsolved"),
        ("no luck", "unsolved"),
        ("it works now", "solved"),
        ("that fixed it, thanks", "solved"),
        ("Great, thank you!", "thanks"),
        ("no thanks", "thanks"),
        ("thanks for your help", "thanks"),
        ("Hi there!", "greeting"),
        ("hello, anyone there?", "greeting"),
        ("good morning", "greeting"),
        ("the heater is not working", "question"),
        ("Hi, my hob does not light", "question"),
        ("still not working", "unsolved"),
        ("你好，燃气灶打不着火", "question"),
    ],
)
def test_small_talk(text: str, expected: str) -> None:
    assert rules.intent(text) == expected


def test_greeting_before_a_question_is_left_out() -> None:
    assert rules.without_greeting("你好，燃气灶打不着火") == "燃气灶打不着火"
    assert rules.without_greeting("你好") == "你好"
    assert rules.without_greeting("Hi there, my hob") == "my hob"
    assert rules.without_greeting("history of my orders") == "history of my orders"


@pytest.mark.parametrize(
    ("trusted", "unknown", "unsolved", "turns", "expected"),
    [
        (0.9, 0, 0, 0, "answer"),
        (0.9, 1, 1, 3, "answer"),
        (0.1, 0, 0, 0, "unknown"),
        (0.1, 1, 0, 1, "hand_over"),
        (0.9, 0, 2, 2, "hand_over"),
        (0.9, 0, 0, rules.MOST_TURNS, "hand_over"),
    ],
)
def test_it_never_goes_round_in_circles(
    trusted: float, unknown: int, unsolved: int, turns: int, expected: str
) -> None:
    step = rules.next_step(trusted=trusted, unknown=unknown, unsolved=unsolved, turns=turns)
    assert step == expected


def test_second_unsolved_is_handed_over() -> None:
    assert rules.after_judgement(solved=True, unsolved=0) == "closing"
    assert rules.after_judgement(solved=False, unsolved=1) == "again"
    assert rules.after_judgement(solved=False, unsolved=2) == "hand_over"


def test_nothing_telling_is_never_trusted() -> None:
    assert rules.trust(Measures(1, 1, 1, 1, 1, 1, 0)) == 0
    assert rules.trust(Measures(0.9, 0.8, 0.6, 0.3, 1, 0.5, 6)) > 0.8
    assert rules.trust(Measures(0.3, 0, 0.1, 0, 0, 0.05, 6)) < 0.1


def test_where_words_cannot_tell_meaning_alone_decides() -> None:
    near = Measures(0.8, 0, 0.4, 0, 0, 0.3, 5, second_sense=0.7, across=True)
    assert rules.trust(near) > rules.ANSWER_FROM
    assert rules.trust(msgspec.structs.replace(near, question_words=1, covered_share=1)) == (
        rules.trust(near)
    )


def test_what_was_asked_fits_a_line() -> None:
    assert rules.asked_summary(["火不着", " 换了电池\n还是不行"]) == "火不着 … 换了电池 还是不行"
    assert len(rules.asked_summary(["长" * 500, "长" * 500])) < 170
