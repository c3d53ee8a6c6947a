"""Draw the help centre's pictures and its one clip; run by hand, commit the results.

Needs Pillow, ffmpeg and the font Noto Sans CJK. The colours are the light tokens of
the design language.
"""

import math
import shlex
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont  # type: ignore[import-not-found,unused-ignore]

HERE = Path(__file__).parent / "pictures"
WIDE, HIGH, FINE = 800, 560, 2  # drawn twice as large, then reduced: smooth edges without SVG
FRAMES_PER_S = 20
Point = tuple[float, float]
CLIP = str(HERE / "hob-valve.mp4")
ENCODING = (
    "-c:v libx264 -preset veryslow -tune animation -crf 26 -pix_fmt yuv420p -movflags +faststart"
)

SURFACE, INSET, LINE, STRONG = "#ffffff", "#f3f5f7", "#e1e6ea", "#8494a0"
TEXT, TEXT_2, BRAND, BRAND_WEAK = "#16202a", "#4a5864", "#0b6b75", "#e3f2f3"
DANGER, CALM, CALM_WEAK, DANGER_WEAK = "#b42323", "#177243", "#e4f4ea", "#fdeaea"
INFO, INFO_WEAK, HANDLE, WARNING = "#1f5fae", "#85b6f2", "#e9b15a", "#9a5b00"


def font_file(weight: str) -> tuple[str, int]:
    """Return the font's file and the index of its simplified Chinese face."""
    found = subprocess.run(
        ["fc-match", "-f", "%{file}|%{index}", f"Noto Sans CJK SC:style={weight}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    name, index = found.split("|")
    return name, int(index)


FONTS = {False: font_file("Regular"), True: font_file("Bold")}


class Sheet:
    """One drawing in plain coordinates of 800 × 560."""

    def __init__(self) -> None:
        """Start with an empty white sheet."""
        self.image = Image.new("RGB", (WIDE * FINE, HIGH * FINE), SURFACE)
        self.pen = ImageDraw.Draw(self.image)

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: str,
        edge: str = STRONG,
        round_: float = 8,
        line: float = 2,
    ) -> None:
        """Draw a rectangle with round corners."""
        at = [x * FINE, y * FINE, (x + w) * FINE, (y + h) * FINE]
        self.pen.rounded_rectangle(at, round_ * FINE, fill, edge, round(line * FINE))

    def disc(
        self, x: float, y: float, r: float, fill: str, edge: str = STRONG, line: float = 2
    ) -> None:
        """Draw a circle around a point."""
        at = [(x - r) * FINE, (y - r) * FINE, (x + r) * FINE, (y + r) * FINE]
        self.pen.ellipse(at, fill, edge, round(line * FINE))

    def path(self, *points: Point, colour: str = STRONG, line: float = 2) -> None:
        """Draw a line through points, with round ends."""
        at = [(x * FINE, y * FINE) for x, y in points]
        self.pen.line(at, colour, round(line * FINE), joint="curve")
        half = line * FINE / 2
        for x, y in (at[0], at[-1]):
            self.pen.ellipse([x - half, y - half, x + half, y + half], colour)

    def shape(self, *points: Point, fill: str) -> None:
        """Fill a polygon."""
        self.pen.polygon([(x * FINE, y * FINE) for x, y in points], fill)

    def words(
        self,
        x: float,
        y: float,
        text: str,
        size: int = 28,
        colour: str = TEXT,
        bold: bool = False,
        anchor: str = "lm",
    ) -> None:
        """Write one line of text."""
        name, index = FONTS[bold]
        font = ImageFont.truetype(name, size * FINE, index=index)
        self.pen.text((x * FINE, y * FINE), text, colour, font, anchor)

    def label(self, text: str, at: Point, to: Point) -> None:
        """Name a part: words from one point on, a thin line from their nearest edge to the part."""
        name, index = FONTS[False]
        right = at[0] + ImageFont.truetype(name, 28, index=index).getlength(text)
        if at[0] <= to[0] <= right:
            start = (to[0], at[1] + (22 if to[1] > at[1] else -22))
        else:
            start = (right + 8 if to[0] > right else at[0] - 8, at[1])
        self.path(start, to, colour=TEXT_2, line=1.5)
        self.disc(*to, 4, TEXT_2, TEXT_2)
        self.words(*at, text)

    def arrow(self, start: Point, end: Point, colour: str = BRAND, line: float = 5) -> None:
        """Draw a straight arrow."""
        way = math.atan2(end[1] - start[1], end[0] - start[0])
        neck = (end[0] - 12 * math.cos(way), end[1] - 12 * math.sin(way))
        self.path(start, neck, colour=colour, line=line)
        wings = [
            (end[0] - 20 * math.cos(way + turn), end[1] - 20 * math.sin(way + turn))
            for turn in (0.5, -0.5)
        ]
        self.shape(end, *wings, fill=colour)

    def small(self) -> Image.Image:
        """Return the finished picture at its final size."""
        return self.image.resize((WIDE, HIGH), Image.Resampling.LANCZOS)

    def save(self, name: str) -> None:
        """Write the picture with a palette: flat drawing needs no more."""
        self.small().quantize(256, dither=Image.Dither.NONE).save(HERE / name, optimize=True)


def draw_valve(sheet: Sheet, x: float, y: float, turned: float, long: float = 130) -> None:
    """Draw a level pipe with its yellow handle; `turned` 0 is closed, 1 is open."""
    sheet.box(x - long, y - 18, 2 * long, 36, LINE, round_=0)
    sheet.box(x - 46, y - 32, 92, 64, INSET, round_=6)
    way = math.radians(-90 * (1 - turned))
    tip = (x + 112 * math.cos(way), y + 112 * math.sin(way))
    sheet.path((x, y), tip, colour=WARNING, line=32)
    sheet.path((x, y), tip, colour=HANDLE, line=28)
    sheet.disc(x, y, 12, SURFACE)


def draw_flame(sheet: Sheet, x: float, y: float, high: float) -> None:
    """Draw one blue flame standing on a point."""
    for part, colour in ((1.0, INFO_WEAK), (0.55, INFO)):
        tall, half = high * part, high * 0.28 * part
        left = [(x - half * math.sin(math.pi * s / 12), y - tall * s / 12) for s in range(13)]
        right = [(2 * x - px, py) for px, py in reversed(left)]
        sheet.shape(*left, *right, fill=colour)


def hob_parts() -> None:
    """Show what the help texts call 火盖, 点火针, 感应针, 旋钮."""
    sheet = Sheet()
    sheet.words(40, 48, "灶具各部分的名称", 32, bold=True)
    sheet.box(120, 150, 560, 300, INSET, round_=12)
    for x in (270, 530):
        sheet.disc(x, 270, 88, SURFACE)
        sheet.disc(x, 270, 60, LINE)
        for step in range(24):
            way = math.radians(15 * step)
            sheet.disc(x + 50 * math.cos(way), 270 + 50 * math.sin(way), 3, STRONG)
        sheet.disc(x, 270, 22, SURFACE)
    sheet.disc(200, 236, 8, SURFACE, TEXT)
    sheet.disc(216, 316, 8, STRONG, TEXT)
    for x in (270, 530):
        sheet.disc(x, 412, 26, SURFACE, STRONG, 3)
        sheet.path((x, 412), (x, 392), colour=BRAND, line=5)
    sheet.label("点火针（白色瓷柱）", (40, 112), (200, 236))
    sheet.label("火盖，要放平", (560, 112), (555, 225))
    sheet.label("感应针（金属头）", (40, 500), (216, 316))
    sheet.label("旋钮", (400, 500), (285, 426))
    sheet.label("电池盒在底部靠前", (530, 500), (640, 446))
    sheet.save("hob-parts.png")


def valve_open_closed() -> None:
    """Show the two positions of the yellow handle side by side."""
    sheet = Sheet()
    sheet.words(40, 48, "黄色阀门的两个位置", 32, bold=True)
    for x, turned, name, how, colour, weak in (
        (210, 1, "开", "手柄与管道平行", CALM, CALM_WEAK),
        (590, 0, "关", "手柄与管道垂直", DANGER, DANGER_WEAK),
    ):
        sheet.box(x - 170, 96, 340, 424, SURFACE, LINE, 12)
        sheet.box(x - 40, 116, 80, 56, weak, colour)
        sheet.words(x, 144, name, 34, colour, bold=True, anchor="mm")
        draw_valve(sheet, x, 330, turned)
        sheet.words(x, 470, how, 32, anchor="mm")
    sheet.save("valve-open-closed.png")


def hob_battery() -> None:
    """Show where the battery box is and how the batteries lie."""
    sheet = Sheet()
    sheet.words(40, 48, "更换灶具电池", 32, bold=True)
    sheet.box(60, 96, 680, 56, INSET, round_=10)
    sheet.words(400, 124, "灶具底部", 26, TEXT_2, anchor="mm")
    sheet.path((400, 152), (400, 200), colour=LINE, line=3)
    sheet.box(180, 200, 440, 190, SURFACE, STRONG, 12, 3)
    for y, plus_right in ((216, True), (302, False)):
        sheet.box(220, y, 350, 72, BRAND_WEAK, BRAND, 8)
        sheet.box(570 if plus_right else 206, y + 20, 14, 32, STRONG, STRONG, 3)
        sheet.words(395, y + 36, "1号电池", 28, BRAND, anchor="mm")
        left, right = ("－", "＋") if plus_right else ("＋", "－")
        sheet.words(244, y + 36, left, 34, TEXT, bold=True, anchor="mm")
        sheet.words(546, y + 36, right, 34, TEXT, bold=True, anchor="mm")
    sheet.words(60, 440, "1  打开盒盖，取出两节旧电池", 28)
    sheet.words(60, 482, "2  照盒内标记放入新电池，正负极一正一反", 28)
    sheet.words(60, 524, "3  触点生锈时，先用干布擦净", 28)
    sheet.save("hob-battery.png")


def meter_display() -> None:
    """Show an electronic meter, and which digits of a mechanical one to report."""
    sheet = Sheet()
    sheet.words(40, 48, "燃气表怎么看", 32, bold=True)
    sheet.box(60, 96, 400, 270, INSET, round_=12)
    sheet.box(100, 126, 260, 110, BRAND_WEAK, STRONG)
    sheet.words(116, 156, "余额", 26, TEXT_2)
    sheet.words(116, 204, "4.6 m³", 42, TEXT, bold=True)
    sheet.words(344, 156, "阀开", 26, CALM, anchor="rm")
    sheet.disc(412, 180, 22, SURFACE, STRONG, 3)
    sheet.box(120, 268, 220, 16, TEXT, TEXT, 4)
    sheet.words(260, 330, "表号 0000 1001", 26, TEXT_2, anchor="mm")
    sheet.label("屏幕：余额和状态", (490, 126), (350, 130))
    sheet.label("按钮：按一下亮屏", (490, 196), (412, 180))
    sheet.label("插卡口：芯片朝里", (490, 276), (340, 276))
    sheet.label("过户、补卡时要用", (490, 340), (356, 334))
    sheet.words(60, 414, "机械表", 28, bold=True)
    for place, digit in enumerate("01286345"):
        whole = place < 5
        sheet.box(
            170 + 54 * place,
            388,
            48,
            58,
            TEXT if whole else DANGER_WEAK,
            TEXT if whole else DANGER,
            4,
        )
        sheet.words(
            194 + 54 * place, 417, digit, 34, SURFACE if whole else DANGER, bold=True, anchor="mm"
        )
    sheet.path((170, 460), (434, 460), colour=TEXT, line=3)
    sheet.path((440, 460), (596, 460), colour=DANGER, line=3)
    sheet.words(302, 494, "黑色要报：1286", 28, anchor="mm")
    sheet.words(518, 494, "红色不报", 28, DANGER, anchor="mm")
    sheet.save("meter-display.png")


def water_heater_panel() -> None:
    """Show where the code appears, and the three connections below."""
    sheet = Sheet()
    sheet.words(40, 48, "热水器的代码在哪里", 32, bold=True)
    sheet.box(250, 90, 300, 330, INSET, round_=14, line=3)
    sheet.box(290, 200, 220, 150, TEXT, TEXT, 10)
    sheet.words(400, 258, "E1", 64, SURFACE, bold=True, anchor="mm")
    for x, sign in ((340, "－"), (400, "开关"), (460, "＋")):
        sheet.words(x, 322, sign, 22, LINE, anchor="mm")
    for x, colour in ((310, HANDLE), (400, INFO_WEAK), (490, DANGER)):
        sheet.box(x - 9, 420, 18, 66, colour, colour, 3)
    sheet.box(386, 440, 28, 30, SURFACE, STRONG, 4)
    sheet.label("代码", (90, 230), (352, 256))
    sheet.label("开关键", (600, 300), (420, 322))
    sheet.label("燃气阀", (60, 470), (310, 454))
    sheet.words(400, 524, "进水口，内有滤网", 26, anchor="mm")
    sheet.label("热水出口", (600, 470), (490, 454))
    sheet.path((250, 130), (200, 130), colour=STRONG, line=2)
    sheet.words(186, 130, "烟管在上方", 26, TEXT_2, anchor="rm")
    sheet.save("water-heater-panel.png")


def delivery_steps() -> None:
    """Show the four steps of an order; the third is under way."""
    sheet = Sheet()
    sheet.words(40, 48, "订单的四个步骤", 32, bold=True)
    sheet.path((84, 140), (84, 360), colour=BRAND, line=4)
    sheet.path((84, 360), (84, 480), colour=LINE, line=4)
    for place, (name, what) in enumerate(
        (
            ("已下单", "16:00前付款，当天出库"),
            ("已出库", "正在送往附近站点"),
            ("派送中", "可以看到配送员的位置，可以打电话"),
            ("已签收", "可以看到签收照片"),
        )
    ):
        y, now, done = 138 + 115 * place, place == 2, place < 2
        if now:
            sheet.box(130, y - 50, 630, 100, BRAND_WEAK, BRAND_WEAK, 10)
        sheet.disc(
            84, y, 30, BRAND if done or now else SURFACE, BRAND if done or now else STRONG, 3
        )
        sheet.words(
            84, y, str(place + 1), 30, SURFACE if done or now else TEXT_2, bold=True, anchor="mm"
        )
        sheet.words(150, y - 18, name, 32, BRAND if now else TEXT, bold=True)
        sheet.words(150, y + 22, what, 26, TEXT_2)
    sheet.save("delivery-steps.png")


def caption(sheet: Sheet, number: str, text: str, under: str) -> None:
    """Write the step below the drawing, large enough for a telephone."""
    sheet.box(0, 430, WIDE, 130, INSET, INSET, 0)
    if number:
        sheet.disc(66, 495, 34, BRAND, BRAND)
        sheet.words(66, 495, number, 36, SURFACE, bold=True, anchor="mm")
    left = 124 if number else 60
    sheet.words(left, 474, text, 38, bold=True)
    sheet.words(left, 524, under, 30, TEXT_2)


def draw_knob(sheet: Sheet, pressed: float, turned: float, finger: bool) -> None:
    """Draw burner, flame and knob; `pressed` and `turned` run from 0 to 1."""
    sheet.box(180, 190, 440, 22, LINE)
    sheet.box(320, 160, 160, 30, INSET, round_=6)
    if turned > 0.7:  # lights shortly before the end of the turn
        for x in (345, 372, 400, 428, 455):
            draw_flame(sheet, x, 160, 86)
    size = 66 - 8 * pressed
    sheet.disc(400, 316, 72, LINE, LINE)
    sheet.disc(400, 316, size, SURFACE, STRONG, 4)
    way = math.radians(-90 - 90 * turned)
    sheet.path(
        (400, 316),
        (400 + (size - 12) * math.cos(way), 316 + (size - 12) * math.sin(way)),
        colour=BRAND,
        line=9,
    )
    if finger:
        sheet.disc(400, 316, 16 + 12 * pressed, BRAND_WEAK, BRAND, 4)
        sheet.arrow((640, 316), (496 - 12 * pressed, 316), BRAND, 8)
        sheet.words(656, 316, "按住" if pressed == 1 else "按", 36, BRAND, bold=True)
        bow = [math.radians(-100 - 6 * step) for step in range(11)]
        sheet.path(
            *((400 + 96 * math.cos(w), 316 + 96 * math.sin(w)) for w in bow), colour=BRAND, line=6
        )
        sheet.shape((296, 290), (316, 294), (302, 316), fill=BRAND)
        sheet.words(272, 268, "左转", 32, BRAND, bold=True, anchor="rm")


def clip_frame(t: float) -> Sheet:
    """Return the clip's picture at second `t`."""
    sheet = Sheet()
    if t < 1.6:
        sheet.words(400, 200, "灶具打不着火", 60, bold=True, anchor="mm")
        sheet.words(400, 290, "没有燃气味，再做下面三步", 40, DANGER, anchor="mm")
        caption(sheet, "", "闻到燃气味请停下", "关阀、开窗、到室外，拨打400-000-0001")
    elif t < 4.6:
        turned = min(1.0, max(0.0, (t - 2.4) / 1.3))
        sheet.words(60, 64, "灶具下方", 34, TEXT_2)
        draw_valve(sheet, 400, 270, turned, 300)
        if turned == 1:
            sheet.words(740, 64, "已打开", 38, CALM, bold=True, anchor="rm")
        caption(sheet, "1", "转动黄色手柄", "转到与管道平行，就是打开")
    elif t < 9.2:
        pressed = min(1.0, max(0.0, (t - 4.9) / 0.4))
        turned = min(1.0, max(0.0, (t - 5.4) / 0.7))
        draw_knob(sheet, pressed, turned, finger=True)
        if turned == 1:
            sheet.words(60, 64, f"按住 {min(3, int(t - 6.1) + 1)} 秒", 44, BRAND, bold=True)
        caption(sheet, "2", "按到底，向左转", "看到火以后，继续按住3至5秒")
    else:
        draw_knob(sheet, max(0.0, 1 - (t - 9.2) / 0.4), 1, finger=False)
        sheet.words(60, 64, "火焰稳定", 44, CALM, bold=True)
        caption(sheet, "3", "慢慢松手", "没点着：关旋钮，等1分钟再试")
    return sheet


def hob_valve_clip() -> None:
    """Draw twelve seconds frame by frame and encode them; silent on purpose."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(12 * FRAMES_PER_S):
            clip_frame(number / FRAMES_PER_S).small().save(
                f"{folder}/{number:04}.png", compress_level=1
            )
        frames = f"-framerate {FRAMES_PER_S} -i {folder}/%04d.png"
        order = ["ffmpeg", "-y", *shlex.split(frames), *shlex.split(ENCODING), CLIP]
        subprocess.run(order, check=True, capture_output=True)
    clip_frame(6.5).save("hob-valve-poster.png")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for draw in (
        hob_parts,
        valve_open_closed,
        hob_battery,
        meter_display,
        water_heater_panel,
        delivery_steps,
        hob_valve_clip,
    ):
        draw()
