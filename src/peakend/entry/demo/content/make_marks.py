"""Draw the logo and the mark of the demo's second brand; run by hand, commit the results.

Needs Pillow and the font Noto Sans CJK.
"""

import subprocess
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont  # type: ignore[import-not-found,unused-ignore]

HERE = Path(__file__).parent / "marks"
COLOUR, TEXT, PAPER = "#8a4b12", "#16202a", "#ffffff"
# Drawn larger, then reduced: smooth edges without SVG.
FINE = 4


def draw_mark(pen: ImageDraw.ImageDraw, side: float) -> None:
    """Draw a house with a door that stands open, in a square."""
    s = side / 40
    pen.rounded_rectangle((0, 0, side, side), 9 * s, COLOUR)
    pen.polygon([(20 * s, 7 * s), (34 * s, 19 * s), (6 * s, 19 * s)], PAPER)
    pen.rectangle((10 * s, 18 * s, 30 * s, 32 * s), PAPER)
    pen.rectangle((17 * s, 22 * s, 25 * s, 32 * s), COLOUR)
    pen.polygon([(17 * s, 22 * s), (21 * s, 24 * s), (21 * s, 34 * s), (17 * s, 32 * s)], "#e9b15a")


def main() -> None:
    """Write both pictures."""
    side = 180 * FINE
    icon = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw_mark(ImageDraw.Draw(icon), side - 1)
    icon.resize((180, 180), Image.Resampling.LANCZOS).save(HERE / "home-mark.png", optimize=True)
    high, wide = 96 * FINE, 356 * FINE
    logo = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    pen = ImageDraw.Draw(logo)
    draw_mark(pen, high - 1)
    found = subprocess.run(
        ["fc-match", "-f", "%{file}|%{index}", "Noto Sans CJK SC:style=Bold"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    name, index = found.split("|")
    font = ImageFont.truetype(name, 58 * FINE, index=int(index))
    pen.text((116 * FINE, high / 2), "安居到家", TEXT, font, "lm")
    logo.resize((356, 96), Image.Resampling.LANCZOS).save(HERE / "home-logo.png", optimize=True)


if __name__ == "__main__":
    main()
