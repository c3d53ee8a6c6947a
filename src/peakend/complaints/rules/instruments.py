"""With what a house makes good, and what so much of it costs."""

from typing import Literal

Instrument = Literal["points", "coupon", "credit", "refund", "gift", "service"]
Unit = Literal["fen", "points", "piece"]

# Money is counted in fen, points in points, everything else by the piece.
UNITS: dict[Instrument, Unit] = {
    "points": "points",
    "coupon": "piece",
    "credit": "fen",
    "refund": "fen",
    "gift": "piece",
    "service": "piece",
}
MOST_INSTRUMENTS = 200
LONGEST_NAME = 60
MOST_FACE_FEN = 10_000_000
MOST_STOCK = 10_000_000
LONGEST_VALID_D = 3650


def cost_of(unit: Unit, face_fen: int, amount: int) -> int:
    """Return what so much of an instrument costs the house. Units: money is its own cost."""
    return amount if unit == "fen" else amount * face_fen


def fits_brand(instrument_brand: object | None, brand: object | None) -> bool:
    """Say whether an instrument may be used for a brand; one of no brand is for all of them."""
    return instrument_brand is None or instrument_brand == brand
