"""What compensation does: both sides of the draw, and when a difference says something."""

import pytest

from peakend.insight.rules.effects import Followed, Verdict, effect, gap_of_shares, mean


def followed(*, held: bool = False, repeat: bool = False, rating: int | None = None) -> Followed:
    """Make what came after one draw."""
    return Followed(
        held=held, repeat=repeat, complained=False, back=False, rating=rating, given_fen=2000
    )


def test_a_difference_of_shares_is_newcombe_s() -> None:
    # Newcombe 1998, table II, 56/70 against 48/80: 0.2000 [0.0524, 0.3339].
    found = gap_of_shares(56, 70, 48, 80)
    assert found.value == pytest.approx(0.2)
    assert found.low == pytest.approx(0.0524, abs=5e-5)
    assert found.high == pytest.approx(0.3339, abs=5e-5)
    assert found.verdict == "more"


@pytest.mark.parametrize(
    ("whole", "other", "verdict"),
    [(100, 0, "no_hold_out"), (100, 19, "too_few"), (19, 100, "too_few"), (100, 100, "same")],
)
def test_too_few_say_nothing(whole: int, other: int, verdict: Verdict) -> None:
    assert gap_of_shares(whole // 2, whole, other // 2, other).verdict == verdict


def test_everybody_stays_on_his_side() -> None:
    found = effect(
        [followed(repeat=n < 5, rating=5) for n in range(100)]
        + [followed(held=True, repeat=n < 40, rating=3) for n in range(80)]
    )
    assert (found.offered, found.held) == (100, 80)
    # Who was held out and got something by hand stays where the draw put him.
    assert (found.offered_fen, found.held_fen) == (200_000, 160_000)
    assert (found.repeat.offered.value, found.repeat.held.value) == (0.05, 0.5)
    assert found.repeat.gap.verdict == "less"
    assert found.rating.gap.value == 2.0


def test_a_mean_of_one_has_no_interval() -> None:
    assert mean([4.0]).low is None
    three = mean([4.0, 5.0, 3.0])
    assert three.low == pytest.approx(4 - 1.959964 / 3**0.5)
    assert three.high == pytest.approx(4 + 1.959964 / 3**0.5)
