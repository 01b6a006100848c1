#!/usr/bin/env python3
"""Draws the cover pictures of the demo: content/images/<key>.webp, 1200 × 675 pixels.

    python site/demo/build_images.py            all pictures
    python site/demo/build_images.py key …      only these
    python site/demo/build_images.py --svg DIR  keeps the SVG files as well

Needs cairosvg and Pillow. One function per picture, one palette for all: flat harbour scenes
without text. A full run also renders the icons of the site.
Titles and alternative texts are in content/images/images.yaml.
"""

import argparse
import io
import itertools
import math
from pathlib import Path

import cairosvg
import yaml
from PIL import Image

TARGET = Path(__file__).parent / "content" / "images"
ICONS = Path(__file__).parent.parent / "assets" / "img"
WIDTH, HEIGHT = 1200, 675
SUPERSAMPLE = 2
MOST_BYTES = 25_000

NIGHT, DEEP, MID = "#003064", "#0b4a7f", "#2f7ca8"
TEAL, AQUA, PALE = "#1b7a80", "#7cc3c3", "#d3e7ec"
SAND, CREAM, SUN = "#ecdcb9", "#fbf4e3", "#f4b942"
RED, BRICK, CORAL = "#e10019", "#b3322f", "#ef6f5e"
INK, WHITE, STEEL = "#0a1f38", "#ffffff", "#8fa9bd"

PICTURES: dict = {}


def picture(key):
    """Registers a function that draws one picture."""

    def register(function):
        PICTURES[key] = function
        return function

    return register


# Shapes -------------------------------------------------------------------------------------------


def rect(x, y, width, height, fill, radius=0, more=""):
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" fill="{fill}" {more}/>'


def circle(x, y, radius, fill, more=""):
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}" {more}/>'


def path(d, fill="none", more=""):
    return f'<path d="{d}" fill="{fill}" {more}/>'


def poly(points, fill, more=""):
    joined = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polygon points="{joined}" fill="{fill}" {more}/>'


def stroke(d, colour, width=6, dash="", cap="round"):
    dashed = f'stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-linecap="{cap}" stroke-linejoin="round" {dashed}/>'
    )


def group(content, x=0, y=0, scale=1, flip=False, turn=0, opacity=1):
    mirrored = "-" if flip else ""
    return (
        f'<g transform="translate({x} {y}) rotate({turn}) scale({mirrored}{scale} {scale})" '
        f'opacity="{opacity}">{content}</g>'
    )


def at(angle, radius, x=0, y=0):
    """The point at an angle in degrees, clockwise from the top."""
    radians = math.radians(angle)
    return x + radius * math.sin(radians), y - radius * math.cos(radians)


# The harbour --------------------------------------------------------------------------------------


def sky(colour):
    return rect(0, 0, WIDTH, HEIGHT, colour)


def sun(x, y, radius, colour=SUN, halo=True):
    rings = (
        "".join(
            circle(x, y, radius * factor, colour, f'opacity="{opacity}"')
            for factor, opacity in ((1.7, 0.14), (1.35, 0.2))
        )
        if halo
        else ""
    )
    return rings + circle(x, y, radius, colour)


def swell(y, colour, height=10, length=150, phase=0):
    """A band of water from y to the bottom with a soft, even swell."""
    start = -length + phase % length
    d = f"M{start} {y}"
    x = start
    while x < WIDTH + length:
        d += f" q{length / 4} {-height} {length / 2} 0 t{length / 2} 0"
        x += length
    return path(f"{d} V{HEIGHT} H{start} Z", colour)


def water(y=470, colours=(MID, DEEP, NIGHT), step=66):
    return "".join(
        swell(y + number * step, colour, 10 + 2 * number, 150 + 30 * number, 47 * number)
        for number, colour in enumerate(colours)
    )


def glints(points, colour=WHITE, opacity=0.35):
    lines = "".join(stroke(f"M{x} {y} h{width}", colour, 5) for x, y, width in points)
    return f'<g opacity="{opacity}">{lines}</g>'


def gull(x, y, size=20, colour=WHITE):
    return stroke(
        f"M{x - size} {y} q{size / 2} {-size * 0.7} {size} 0 q{size / 2} {-size * 0.7} {size} 0", colour, 5
    )


def cloud(x, y, scale=1, colour=WHITE, opacity=0.8):
    shape = rect(-90, -18, 180, 36, colour, 18) + rect(-50, -44, 100, 50, colour, 25)
    return group(shape, x, y, scale, opacity=opacity)


def skyline(y, colour, opacity=1):
    """Hamburg from afar: gables, spires and a roof of waves, as one silhouette."""
    d = (
        "M0 0 V-60 h60 v-30 l30 -26 30 26 v30 h40 v-20 h20 l12 -120 12 120 h20 v-20 h50 v-50 l26 -24 26 24"
        " v50 h40 v-74 h20 l10 -96 10 96 h20 v50 h60 v-34 h70 v20 h34 v-60 h16 l12 -150 12 150 h16 v60 h60"
        " v-44 l24 -22 24 22 24 -22 24 22 v44 h60 v-30 h80 v-96 q16 -40 34 -8 q16 -34 38 0 q22 -48 50 -6"
        " q24 -40 46 -4 v114 h60 v-26 h60 v20 h200 V0 Z"
    )
    return group(path(d, colour), 0, y, opacity=opacity)


def tug(hull=NIGHT, cabin=WHITE, band=RED, funnel=RED):
    """A tug that heads to the right; the origin is the middle of its waterline."""
    return (
        rect(-34, -96, 26, 44, funnel)
        + rect(-34, -84, 26, 10, WHITE)
        + rect(-4, -104, 62, 52, cabin, 6)
        + rect(6, -94, 18, 18, DEEP, 3)
        + rect(32, -94, 18, 18, DEEP, 3)
        + rect(-54, -56, 124, 26, cabin, 4)
        + stroke("M26 -104 v-40", INK, 5)
        + rect(26, -144, 26, 16, band)
        + path("M-112 -34 H128 Q122 4 84 26 H-86 Q-108 8 -112 -34 Z", hull)
        + rect(-112, -36, 240, 12, band, 4)
        + "".join(circle(x, 0, 9, STEEL) for x in (-78, -42, -6, 30, 66))
    )


def sailboat(hull=WHITE, sail=CREAM, jib=RED):
    return (
        stroke("M0 -12 V-190", INK, 5)
        + path("M8 -186 Q78 -96 84 -30 H8 Z", sail)
        + path("M-8 -168 Q-54 -90 -70 -30 H-8 Z", jib)
        + path("M-92 -18 H98 Q84 20 56 24 H-60 Q-84 16 -92 -18 Z", hull)
    )


def freighter(hull=NIGHT, boxes=(RED, SAND, TEAL, WHITE, CORAL, MID), bridge=WHITE):
    """A container ship that heads to the right."""
    rows = ""
    for row in range(3):
        for column in range(6 - (row == 2)):
            colour = boxes[(column * 2 + row * 3) % len(boxes)]
            rows += rect(-118 + column * 54, -72 - row * 34, 50, 31, colour, 2)
    return (
        rect(-206, -170, 62, 134, bridge, 4)
        + "".join(rect(-198, -158 + i * 24, 46, 10, DEEP, 2) for i in range(3))
        + rect(-190, -206, 26, 40, RED)
        + rows
        + path("M-240 -40 H262 L222 30 Q216 40 200 40 H-206 Q-232 20 -240 -40 Z", hull)
        + rect(-240, -42, 502, 10, RED, 3)
    )


def buoy(colour=RED, top="cone", stripe=WHITE, lit=False):
    """A navigation buoy; the origin is its waterline."""
    marks = {
        "cone": poly([(-20, -150), (20, -150), (0, -186)], colour),
        "can": rect(-18, -184, 36, 34, colour, 3),
        "ball": circle(0, -168, 19, colour),
        "cross": stroke("M-15 -183 L15 -153 M15 -183 L-15 -153", colour, 10),
    }
    light = circle(0, -168, 46, SUN, 'opacity=".3"') if lit else ""
    return (
        light
        + stroke("M0 -150 V-120", INK, 6)
        + marks[top]
        + poly([(-16, -120), (16, -120), (44, -8), (-44, -8)], colour)
        + poly([(-25, -84), (25, -84), (34.5, -46), (-34.5, -46)], stripe)
        + path("M-70 -10 H70 Q60 24 0 26 Q-60 24 -70 -10 Z", INK)
    )


def lighthouse(body=WHITE, band=RED, roof=NIGHT):
    """A lighthouse on a small rock; the origin is the middle of its foot."""
    bands = "".join(
        poly([(-a, y1), (a, y1), (b, y2), (-b, y2)], band)
        for a, y1, b, y2 in ((32, -252, 36, -204), (41, -146, 46, -96), (51, -44, 55, 0))
    )
    return (
        poly([(-30, -280), (30, -280), (55, 0), (-55, 0)], body)
        + bands
        + rect(-42, -292, 84, 14, roof, 3)
        + rect(-24, -336, 48, 44, SUN)
        + stroke("M0 -336 V-292", roof, 4)
        + path("M-30 -336 Q0 -380 30 -336 Z", roof)
    )


def crane(colour=NIGHT, boom=RED):
    """A container gantry crane; the origin is its left foot on the quay."""
    return (
        stroke(
            "M0 0 V-300 M120 0 V-300 M0 -150 H120 M0 0 L120 -150 M0 -150 L120 -300", colour, 12, cap="butt"
        )
        + rect(-60, -322, 470, 26, boom, 3)
        + stroke("M60 -320 V-420 L390 -320 M60 -420 L-50 -320", colour, 8)
        + rect(20, -296, 80, 40, colour, 4)
    )


def turbine(turn=10, colour=WHITE, tower=WHITE):
    blades = "".join(
        group(path("M-7 0 Q-16 -70 0 -170 Q14 -70 7 0 Z", colour), turn=turn + number * 120)
        for number in range(3)
    )
    return poly([(-7, -300), (7, -300), (14, 0), (-14, 0)], tower) + group(
        blades + circle(0, 0, 15, RED), 0, -300
    )


def person(colour=NIGHT, skin=SAND):
    """A small figure, standing on the origin."""
    return circle(0, -74, 19, skin) + path("M-26 0 V-28 Q-26 -54 0 -54 Q26 -54 26 -28 V0 Z", colour)


def gables(x, y, count, width=120, colours=(BRICK, "#9c2a2a", "#c24a3d"), height=250):
    """A row of warehouses with stepped gables and rows of windows."""
    houses = ""
    for number in range(count):
        left, colour = x + number * width, colours[number % len(colours)]
        tall = height + (number % 3) * 26
        houses += rect(left, y - tall, width, tall, colour)
        step = width / 6
        for level in range(3):
            houses += rect(
                left + step * level * 0.9 + 6,
                y - tall - 26 * (level + 1),
                width - 12 - step * level * 1.8,
                28,
                colour,
            )
        for row in range(int(tall // 62)):
            for column in range(3):
                houses += path(
                    f"M{left + 18 + column * (width - 36) / 3 + 4:g} {y - tall + 52 + row * 60} v-24 q10 -12 20 0 v24 Z",
                    CREAM if (row + column + number) % 4 else SUN,
                )
    return houses


# Task areas ---------------------------------------------------------------------------------------


@picture("strategie-governance")
def strategy():
    lines = "".join(stroke(f"M{x} 0 Q{x + 60} 340 {x - 30} 675", DEEP, 3) for x in range(60, 1260, 120))
    depth = "".join(
        stroke(f"M-20 {y} Q320 {y - 90} 640 {y} T1240 {y - 10}", DEEP, 3) for y in range(60, 720, 90)
    )
    land = path("M0 675 V470 Q130 430 220 520 T430 590 Q480 640 460 675 Z", SAND) + path(
        "M0 675 V540 Q120 500 190 580 T340 675 Z", "#dcc894"
    )
    coast = path("M1200 0 V210 Q1110 230 1060 150 T930 70 Q900 30 910 0 Z", SAND)
    course = stroke("M330 560 Q470 470 520 400 M940 190 Q1000 160 1040 110", RED, 9, "2 22")
    rose = circle(730, 330, 232, NIGHT) + circle(730, 330, 214, "none", f'stroke="{AQUA}" stroke-width="6"')
    for step in range(48):
        x1, y1 = at(step * 7.5, 192, 730, 330)
        x2, y2 = at(step * 7.5, 204 if step % 4 else 180, 730, 330)
        rose += stroke(f"M{x1:.1f} {y1:.1f} L{x2:.1f} {y2:.1f}", AQUA, 4)
    for turn, length, light, dark in (
        (45, 110, AQUA, TEAL),
        (135, 110, AQUA, TEAL),
        (225, 110, AQUA, TEAL),
        (315, 110, AQUA, TEAL),
        (90, 165, CREAM, STEEL),
        (180, 165, CREAM, STEEL),
        (270, 165, CREAM, STEEL),
        (0, 172, RED, BRICK),
    ):
        rose += group(
            poly([(0, 0), (-26, -26), (0, -length)], light) + poly([(0, 0), (26, -26), (0, -length)], dark),
            730,
            330,
            turn=turn,
        )
    return (
        sky(MID)
        + lines
        + depth
        + land
        + coast
        + course
        + rose
        + circle(730, 330, 18, NIGHT)
        + circle(730, 330, 9, SUN)
    )


@picture("mitgliedergewinnung-bindung")
def members():
    boats = "".join(
        group(sailboat(WHITE, CREAM, jib), 180 + number * 165, 470, 0.78)
        for number, jib in enumerate((TEAL, SUN, CORAL))
    )
    ropes = "".join(
        stroke(f"M{200 + n * 165} 474 Q{220 + n * 165} 535 {214 + n * 165} 560", SAND, 6) for n in range(3)
    )
    bollard = (
        rect(842, 470, 116, 110, INK, 10)
        + rect(812, 440, 176, 48, INK, 22)
        + rect(828, 448, 144, 10, MID, 5)
        + stroke("M836 524 q64 32 128 0", SAND, 17)
        + stroke("M836 548 q64 32 128 0", SAND, 17)
    )
    rope = stroke("M960 540 Q1060 600 1090 520 T1110 420", SAND, 13)
    quay = (
        rect(0, 560, 1200, 115, "#c9b88c")
        + rect(0, 560, 1200, 18, SAND)
        + "".join(rect(x, 590, 3, 85, "#b09f74") for x in range(70, 1200, 130))
    )
    return (
        sky(PALE)
        + sun(930, 190, 64)
        + skyline(400, "#a9cbd6")
        + swell(396, AQUA)
        + swell(446, TEAL, 12, 180, 60)
        + boats
        + group(tug(), 1080, 440, 0.95, flip=True)
        + swell(500, "#156369", 9, 170, 30)
        + quay
        + ropes
        + rope
        + bollard
    )


@picture("bedarfsanalyse")
def needs():
    arcs = "".join(
        stroke(
            f"M{600 - radius * 0.62:.0f} {245 + radius * 0.78:.0f}"
            f" A{radius} {radius} 0 0 0 {600 + radius * 0.62:.0f} {245 + radius * 0.78:.0f}",
            WHITE,
            7,
        )
        for radius in (100, 170, 240, 310)
    )
    ground = path(
        "M0 675 V560 Q120 520 240 570 T470 600 Q560 620 620 540 Q680 470 770 560 T1000 560 Q1100 520 1200 590 V675 Z",
        SAND,
    )
    dots = "".join(
        circle(x, y, 15, colour)
        for x, y, colour in (
            (250, 548, RED),
            (635, 512, RED),
            (985, 545, RED),
            (430, 578, CORAL),
            (800, 560, CORAL),
        )
    )
    rings = "".join(
        circle(x, y, 30, "none", f'stroke="{RED}" stroke-width="5" opacity=".6"')
        for x, y in ((250, 548), (635, 512), (985, 545))
    )
    return (
        sky(CREAM)
        + sun(1010, 110, 52)
        + cloud(260, 110)
        + gull(800, 120, 18, DEEP)
        + gull(850, 90, 14, DEEP)
        + group(tug(), 600, 226, 1.05)
        + swell(236, MID, 8, 140)
        + rect(0, 320, 1200, 355, DEEP)
        + swell(318, DEEP, 10, 170, 40)
        + rect(0, 445, 1200, 230, NIGHT)
        + swell(440, NIGHT, 12, 190, 90)
        + f'<g opacity=".75">{arcs}</g>'
        + ground
        + dots
        + rings
    )


@picture("vernetzung-veranstaltungen")
def gathering():
    boat = (
        path("M0 -92 Q44 -50 40 30 Q38 70 0 74 Q-38 70 -40 30 Q-44 -50 0 -92 Z", WHITE)
        + path("M0 -72 Q30 -38 28 26 Q26 54 0 56 Q-26 54 -28 26 Q-30 -38 0 -72 Z", "COLOUR")
        + rect(-16, -4, 32, 40, WHITE, 6)
    )
    centre = (600, 338)
    rings = "".join(
        circle(*centre, radius, "none", f'stroke="{AQUA}" stroke-width="4" opacity="{opacity}"')
        for radius, opacity in ((120, 0.9), (330, 0.35), (400, 0.25), (480, 0.18), (560, 0.12))
    )
    links = ""
    points = [at(angle, 210, *centre) for angle in range(0, 360, 45)]
    for number, (x, y) in enumerate(points):
        for other in (3, 4, 5):
            x2, y2 = points[(number + other) % 8]
            links += stroke(f"M{x:.0f} {y:.0f} L{x2:.0f} {y2:.0f}", AQUA, 2.5)
    boats = "".join(
        group(boat.replace("COLOUR", colour), *at(angle, 225, *centre), turn=angle + 180, scale=0.92)
        for angle, colour in zip(
            range(0, 360, 45), (RED, TEAL, SUN, DEEP, CORAL, AQUA, RED, NIGHT), strict=True
        )
    )
    waves = glints(
        [
            (90, 110, 70),
            (180, 560, 90),
            (980, 130, 90),
            (1050, 520, 60),
            (80, 330, 50),
            (1070, 330, 60),
            (320, 70, 40),
            (860, 620, 60),
            (330, 620, 50),
        ]
    )
    return (
        sky(DEEP)
        + waves
        + rings
        + f'<g opacity=".45">{links}</g>'
        + boats
        + circle(*centre, 62, SUN, 'opacity=".25"')
        + circle(*centre, 42, RED)
        + circle(*centre, 20, WHITE)
    )


@picture("matchmaking-projektanbahnung")
def matchmaking():
    knot = stroke(
        "M500 398 Q560 440 604 396 Q644 348 606 326 Q564 318 572 364 Q584 414 636 420 Q672 420 700 398",
        SAND,
        13,
    )
    return (
        sky(PALE)
        + sun(600, 270, 150, SUN)
        + skyline(430, "#b4d0da")
        + swell(424, AQUA, 9)
        + group(tug(NIGHT, WHITE, RED, RED), 330, 450, 1.5)
        + group(tug(TEAL, WHITE, SUN, SUN), 870, 450, 1.5, flip=True)
        + knot
        + swell(478, TEAL, 12, 170, 20)
        + swell(544, "#156369", 13, 200, 80)
        + swell(610, NIGHT, 13, 220, 30)
        + glints([(560, 520, 80), (250, 580, 60), (880, 585, 70)])
    )


@picture("wissens-technologietransfer")
def transfer():
    flask = (
        path("M-26 -150 V-84 L-84 20 Q-96 52 -60 52 H60 Q96 52 84 20 L26 -84 V-150 Z", WHITE)
        + path("M-56 -34 H56 L82 18 Q92 44 58 46 H-58 Q-92 44 -82 18 Z", TEAL)
        + rect(-36, -164, 72, 20, NIGHT, 8)
        + circle(-18, 6, 11, AQUA)
        + circle(22, -12, 8, AQUA)
        + circle(10, 24, 7, WHITE)
    )
    left = path("M0 675 V430 H250 Q300 430 306 480 L330 675 Z", SAND) + group(flask, 150, 372, 1.25)
    works = (
        poly(
            [
                (930, 430),
                (930, 300),
                (1000, 250),
                (1000, 300),
                (1070, 250),
                (1070, 300),
                (1140, 250),
                (1140, 300),
                (1200, 256),
                (1200, 430),
            ],
            NIGHT,
        )
        + rect(960, 130, 34, 170, BRICK)
        + rect(960, 150, 34, 18, WHITE)
        + "".join(rect(x, 340, 40, 40, SUN, 3) for x in (960, 1030, 1100))
    )
    right = path("M1200 675 V430 H930 Q890 430 884 480 L860 675 Z", SAND) + works
    teeth = "".join(group(rect(-13, -68, 26, 30, SUN, 4), turn=angle) for angle in range(0, 360, 45))
    gear = teeth + circle(0, 0, 50, SUN) + circle(0, 0, 22, NIGHT)
    ferry = (
        path("M-190 -6 H190 L160 54 H-160 Z", RED)
        + rect(-190, -20, 380, 20, WHITE, 5)
        + rect(-160, -110, 60, 92, WHITE, 6)
        + rect(-150, -98, 40, 24, DEEP, 4)
        + group(gear, 30, -88, 0.95)
    )
    arrow = stroke("M330 210 Q600 60 850 200", RED, 8, "2 22") + poly(
        [(874, 222), (826, 214), (858, 176)], RED
    )
    return (
        sky(PALE)
        + cloud(430, 110, 0.8)
        + arrow
        + swell(500, AQUA, 8)
        + left
        + right
        + group(ferry, 595, 500, 1.0)
        + swell(540, TEAL, 10, 160, 30)
        + swell(606, DEEP, 11, 190, 10)
    )


@picture("innovation-themenscouting")
def scouting():
    beam = path("M190 192 L1200 40 V330 Z", SUN, 'opacity=".28"') + path(
        "M190 192 L1200 120 V250 Z", SUN, 'opacity=".28"'
    )
    stars = "".join(
        circle(x, y, r, WHITE, 'opacity=".7"')
        for x, y, r in (
            (330, 60, 3),
            (480, 120, 2),
            (90, 90, 3),
            (620, 50, 2),
            (760, 90, 3),
            (60, 230, 2),
            (420, 250, 2),
            (980, 50, 2),
        )
    )
    rock = path("M0 675 V560 Q60 500 140 510 T290 560 Q340 590 380 675 Z", INK)
    return (
        sky(NIGHT)
        + stars
        + beam
        + water(430, (DEEP, "#083c6b", "#062c52"), 70)
        + group(buoy(TEAL, "cone"), 860, 450, 0.62)
        + group(buoy(RED, "can", lit=True), 560, 510, 0.85)
        + group(buoy(SUN, "cross", INK), 1040, 500, 0.8)
        + swell(560, "#062c52", 10, 200, 60)
        + group(buoy(RED, "ball", lit=True), 790, 610, 1.1)
        + swell(630, "#04213f", 10, 210, 90)
        + rock
        + group(lighthouse(roof=RED), 190, 528)
    )


@picture("foerdermittel-finanzierung")
def funding():
    def stack(x, y, count, colour, edge):
        return "".join(
            rect(x - 62, y - 26 * (n + 1), 124, 24, colour if n % 2 == 0 else edge, 10) for n in range(count)
        )

    ship = (
        path("M-250 -10 H270 L226 66 Q220 76 206 76 H-212 Q-240 56 -250 -10 Z", NIGHT)
        + rect(-250, -14, 520, 12, RED, 4)
        + rect(-224, -130, 70, 120, WHITE, 5)
        + "".join(rect(-214, -116 + 30 * i, 50, 13, DEEP, 3) for i in range(3))
    )
    coins = (
        stack(790, 428, 3, SUN, "#dc9f2a")
        + stack(920, 428, 5, SUN, "#dc9f2a")
        + stack(1050, 428, 2, SUN, "#dc9f2a")
    )
    coin = (
        circle(0, 0, 56, "#dc9f2a")
        + circle(0, -5, 54, SUN)
        + circle(0, -5, 38, "none", 'stroke="#dc9f2a" stroke-width="6"')
        + path("M0 -30 l7 16 17 2 -13 12 4 17 -15 -9 -15 9 4 -17 -13 -12 17 -2 Z", WHITE)
    )
    quay = (
        rect(0, 468, 420, 207, "#c9b88c")
        + rect(0, 468, 420, 18, SAND)
        + "".join(rect(0, y, 420, 3, "#b09f74") for y in (530, 590, 650))
    )
    return (
        sky(PALE)
        + skyline(440, "#b4d0da")
        + cloud(940, 120, 1.1)
        + swell(450, AQUA, 8)
        + group(ship, 850, 440)
        + coins
        + swell(494, TEAL, 11, 170, 50)
        + swell(570, DEEP, 12, 200, 20)
        + quay
        + group(crane(), 170, 468, 1.05)
        + stroke("M560 140 V226", INK, 5)
        + group(coin, 560, 280)
    )


@picture("internationalisierung")
def world():
    cx, cy, radius = 600, 345, 265
    net = "".join(
        f'<ellipse cx="{cx}" cy="{cy}" rx="{rx}" ry="{radius}" fill="none" stroke="{AQUA}" stroke-width="3" opacity=".6"/>'
        for rx in (90, 180)
    )
    for offset in (-180, -95, 0, 95, 180):
        half = math.sqrt(radius**2 - offset**2)
        net += stroke(f"M{cx - half:.0f} {cy + offset} H{cx + half:.0f}", AQUA, 3).replace(
            "/>", ' opacity=".6"/>'
        )
    net += stroke(f"M{cx} {cy - radius} V{cy + radius}", AQUA, 3).replace("/>", ' opacity=".6"/>')
    land = (
        path(
            "M440 190 Q500 130 580 150 Q600 190 560 220 Q590 250 540 270 Q500 250 470 280 Q420 260 440 190 Z",
            SAND,
        )
        + path("M640 170 Q720 160 780 230 Q800 290 750 300 Q720 260 680 280 Q640 260 650 220 Z", SAND)
        + path("M520 360 Q590 340 620 390 Q640 440 600 500 Q570 560 550 500 Q500 430 520 360 Z", SAND)
        + path("M730 400 Q790 380 810 420 Q790 470 740 460 Z", SAND)
    )
    routes = (
        stroke("M120 520 Q320 340 545 205", RED, 8, "2 20")
        + stroke("M545 205 Q760 60 1040 220", RED, 8, "2 20")
        + stroke("M545 205 Q700 330 770 430", SUN, 8, "2 20")
    )
    ports = "".join(circle(x, y, 17, WHITE) + circle(x, y, 10, RED) for x, y in ((545, 205), (770, 430)))
    return (
        sky(NIGHT)
        + glints(
            [
                (80, 120, 60),
                (260, 220, 40),
                (1010, 420, 70),
                (180, 380, 50),
                (1080, 330, 40),
                (930, 570, 60),
                (330, 590, 60),
            ],
            WHITE,
            0.2,
        )
        + circle(cx, cy, radius + 26, DEEP)
        + circle(cx, cy, radius, MID)
        + net
        + land
        + routes
        + ports
        + group(freighter(INK), 150, 560, 0.5)
        + group(sailboat(), 1060, 250, 0.62)
    )


@picture("fachkraefte-qualifizierung")
def skills():
    hull = path("M620 0 H1200 V560 H700 Q630 330 620 0 Z", NIGHT) + path(
        "M655 300 Q668 450 700 560 H1200 V470 H681 Q664 390 655 300 Z", RED
    )
    portholes = "".join(circle(x, 120, 30, STEEL) + circle(x, 120, 20, SUN) for x in (840, 970, 1100))
    ladder = stroke("M700 60 V520 M790 60 V520", SAND, 9) + "".join(
        rect(690, y, 110, 15, CREAM if (y - 90) % 132 else RED, 4) for y in range(90, 520, 44)
    )
    people = (
        group(person(TEAL), 745, 442, 1.1)
        + group(person(RED), 745, 310, 1.1)
        + group(person(SUN), 745, 178, 1.1)
    )
    mates = group(person(SUN), 262, 410, 1.05) + group(person(TEAL), 340, 410, 1.05)
    pilot = (
        rect(130, 330, 110, 80, WHITE, 8)
        + rect(146, 346, 34, 28, DEEP, 4)
        + rect(192, 346, 34, 28, DEEP, 4)
        + stroke("M180 330 V250", INK, 6)
        + rect(180, 250, 34, 42, WHITE)
        + rect(214, 250, 34, 42, RED)
        + path("M80 408 H560 Q520 490 450 500 H130 Q90 470 80 408 Z", DEEP)
        + rect(80, 402, 480, 14, RED, 5)
    )
    return (
        sky(PALE)
        + sun(330, 150, 66)
        + gull(120, 120, 20, DEEP)
        + gull(480, 210, 15, DEEP)
        + hull
        + portholes
        + ladder
        + people
        + mates
        + pilot
        + swell(486, AQUA, 10, 160)
        + swell(540, TEAL, 12, 190, 60)
        + swell(606, DEEP, 12, 200, 20)
    )


@picture("kommunikation-standortmarketing")
def communication():
    colours = (
        (RED, WHITE),
        (NIGHT, SUN),
        (SUN, RED),
        (WHITE, TEAL),
        (TEAL, SUN),
        (RED, SUN),
        (NIGHT, WHITE),
        (CORAL, CREAM),
    )
    flags = ""
    for number, (one, two) in enumerate(colours):
        t = number / 7
        x, y = 250 + 640 * t, 130 + 170 * math.sin(math.pi * t) * 0.55 + 20 * t
        design = number % 4
        flag = rect(-34, 0, 68, 74, one, 2)
        flag += (
            rect(0, 0, 34, 74, two)
            if design == 0
            else rect(-14, 0, 28, 74, two)
            if design == 1
            else circle(0, 37, 20, two)
            if design == 2
            else poly([(-34, 74), (34, 0), (34, 74)], two)
        )
        flags += group(flag, round(x), round(y), turn=(t - 0.5) * -14)
    rope = stroke("M215 120 Q560 320 925 150", INK, 5)
    pier = (
        rect(290, 492, 250, 22, SAND, 3)
        + "".join(rect(x, 512, 18, 90, "#b09f74") for x in (310, 400, 500))
        + poly([(372, 492), (392, 440), (428, 440), (448, 492)], NIGHT)
    )
    horn = (
        poly([(0, -20), (110, -66), (110, 66), (0, 20)], RED)
        + rect(-44, -26, 48, 52, NIGHT, 8)
        + rect(104, -70, 16, 140, WHITE, 6)
    )
    sound = "".join(
        stroke(f"M{150 + n * 42} {-46 - n * 20} Q{190 + n * 54} 0 {150 + n * 42} {46 + n * 20}", RED, 9)
        for n in range(3)
    )
    return (
        sky(CREAM)
        + sun(1010, 200, 80)
        + skyline(500, MID)
        + group(skyline(0, DEEP), 220, 508, 0.8)
        + rope
        + flags
        + stroke("M215 100 V520", NIGHT, 14)
        + stroke("M925 130 V520", NIGHT, 14)
        + circle(215, 98, 13, RED)
        + circle(925, 128, 13, RED)
        + swell(500, AQUA, 10, 150)
        + pier
        + group(horn + sound, 410, 410, 0.9)
        + swell(562, TEAL, 12, 180, 47)
        + swell(624, NIGHT, 14, 210, 94)
    )


@picture("monitoring-evaluation")
def gauge():
    bars = "".join(
        rect(360 + number * 104, 470 - height, 66, height + 205, colour, 6)
        for number, (height, colour) in enumerate(
            ((60, STEEL), (110, AQUA), (95, AQUA), (170, MID), (225, MID), (300, RED))
        )
    )
    curve = stroke("M340 380 Q420 360 496 330 T700 260 T960 130", NIGHT, 9) + "".join(
        circle(x, y, 14, WHITE, f'stroke="{NIGHT}" stroke-width="7"')
        for x, y in ((393, 368), (497, 330), (601, 298), (705, 258), (809, 208), (913, 150))
    )
    staff = rect(140, 90, 110, 520, WHITE, 8) + rect(140, 90, 14, 520, NIGHT)
    for number, y in enumerate(range(112, 600, 44)):
        staff += rect(154, y, 96 if number % 2 == 0 else 54, 22, RED if number % 2 == 0 else NIGHT)
    pointer = poly([(262, 424), (306, 398), (306, 450)], SUN)
    return (
        sky(PALE)
        + cloud(1050, 100)
        + staff
        + bars
        + f'<g opacity=".86">{swell(430, MID, 12, 170)}</g>'
        + f'<g opacity=".9">{swell(510, DEEP, 12, 190, 60)}</g>'
        + swell(596, NIGHT, 12, 210, 20)
        + curve
        + pointer
        + group(sailboat(), 1090, 436, 0.6)
    )


@picture("wissensmanagement")
def knowledge():
    shelves = ""
    spines = (RED, TEAL, SUN, DEEP, CREAM, CORAL, NIGHT, AQUA)
    for row in range(3):
        top = 262 + row * 84
        shelves += rect(390, top + 66, 420, 10, INK)
        x, number = 398, row * 3
        while x < 796:
            width = 16 + (number * 7) % 15
            tall = 40 + (number * 11) % 22
            shelves += rect(x, top + 66 - tall, min(width, 802 - x), tall, spines[number % 8], 2)
            x, number = x + width + 3, number + 1
    hall = (
        rect(360, 180, 480, 360, BRICK)
        + rect(400, 150, 400, 34, BRICK)
        + rect(450, 122, 300, 32, BRICK)
        + rect(510, 96, 180, 30, BRICK)
        + rect(550, 70, 100, 30, BRICK)
        + rect(380, 232, 440, 290, CREAM)
        + shelves
        + rect(376, 222, 448, 14, "#8e2623")
        + path("M570 196 v-40 q30 -34 60 0 v40 Z", SUN)
        + stroke("M600 70 V40", INK, 7)
        + rect(594, 42, 60, 9, INK, 3)
    )
    hoist = stroke("M650 50 V96", INK, 4)
    return (
        sky(PALE)
        + sun(980, 120, 54)
        + gables(-10, 540, 3, 124)
        + gables(838, 540, 3, 124)
        + hall
        + hoist
        + rect(0, 528, 1200, 22, "#7a2421")
        + swell(556, TEAL, 8, 140)
        + swell(610, DEEP, 10, 180, 40)
        + glints([(420, 590, 90), (700, 582, 70), (120, 600, 60), (1000, 595, 80)])
        + group(
            path("M-130 -14 H130 L112 24 H-112 Z", NIGHT)
            + "".join(rect(-92 + 46 * n, -48, 40, 34, c, 3) for n, c in enumerate((RED, SUN, TEAL, CREAM))),
            600,
            602,
        )
    )


@picture("cross-clustering")
def bridge():
    def pylon(x):
        cables = "".join(
            stroke(f"M{x} {130 + n * 34} L{x + side * (240 - n * 52)} 396", WHITE, 4)
            for n in range(4)
            for side in (-1, 1)
        )
        tower = poly(
            [
                (x - 14, 100),
                (x + 14, 100),
                (x + 46, 395),
                (x + 24, 395),
                (x, 210),
                (x - 24, 395),
                (x - 46, 395),
            ],
            WHITE,
        )
        return cables + tower + poly([(x - 40, 400), (x + 40, 400), (x + 30, 560), (x - 30, 560)], STEEL)

    deck = path("M0 430 Q300 386 600 384 T1200 430 V452 Q900 408 600 406 T0 452 Z", RED)
    left = path("M0 675 V470 Q120 470 200 510 T330 600 Q350 640 340 675 Z", TEAL) + path(
        "M0 675 V540 Q90 540 150 590 T230 675 Z", "#156369"
    )
    right = path("M1200 675 V470 Q1080 470 1000 510 T870 600 Q850 640 860 675 Z", SAND) + path(
        "M1200 675 V540 Q1110 540 1050 590 T970 675 Z", "#d6c08a"
    )
    vehicles = "".join(
        rect(x, y, 46, 20, c, 5)
        for x, y, c in ((180, 392, SUN), (470, 366, AQUA), (700, 367, SUN), (980, 386, AQUA))
    )
    return (
        sky(DEEP)
        + circle(600, 300, 120, CORAL)
        + swell(466, MID, 8, 150)
        + swell(540, "#226a96", 10, 180, 40)
        + left
        + right
        + pylon(350)
        + pylon(850)
        + vehicles
        + deck
        + group(freighter(INK), 600, 560, 0.42)
        + swell(582, DEEP, 10, 190, 80)
        + swell(634, NIGHT, 10, 200, 20)
    )


# Clusters -----------------------------------------------------------------------------------------


@picture("life-science-nord")
def life_science():
    back, front, rungs = "M", "M", ""
    for step in range(121):
        x = -20 + step * 10.4
        angle = step / 120 * math.pi * 5
        y1, y2 = 300 + 120 * math.sin(angle), 300 - 120 * math.sin(angle)
        back += f"{x:.0f} {y1:.0f} L"
        front += f"{x:.0f} {y2:.0f} L"
        if step % 4 == 2 and abs(math.sin(angle)) > 0.25:
            middle = (y1 + y2) / 2
            one, two = ((RED, SUN), (AQUA, CREAM), (CORAL, AQUA))[step // 4 % 3]
            rungs += stroke(f"M{x:.0f} {y1:.0f} V{middle:.0f}", one, 11, cap="butt") + stroke(
                f"M{x:.0f} {middle:.0f} V{y2:.0f}", two, 11, cap="butt"
            )
    bubbles = "".join(
        circle(x, y, r, AQUA, 'opacity=".35"')
        for x, y, r in (
            (120, 90, 26),
            (250, 130, 12),
            (1010, 100, 34),
            (1090, 180, 14),
            (640, 80, 16),
            (420, 60, 9),
            (880, 60, 10),
        )
    )
    return (
        sky(NIGHT)
        + bubbles
        + rungs
        + stroke(back.rstrip(" L"), TEAL, 20)
        + stroke(front.rstrip(" L"), WHITE, 20)
        + water(520, (TEAL, DEEP, INK), 54)
        + group(buoy(RED, "ball", lit=True), 200, 560, 0.6)
        + group(buoy(RED, "ball", lit=True), 1010, 560, 0.6)
        + swell(590, DEEP, 10, 180, 30)
        + swell(634, INK, 10, 200, 80)
    )


@picture("logistik-initiative-hamburg")
def logistics():
    colours = (RED, TEAL, SUN, DEEP, CORAL, WHITE, MID, SAND)
    boxes = ""
    for column, tall in enumerate((2, 4, 3, 5, 3)):
        for row in range(tall):
            x, y, colour = 650 + column * 108, 452 - row * 56, colours[(column * 3 + row * 5) % 8]
            boxes += rect(x, y, 104, 52, colour, 3) + "".join(
                rect(x + 10 + 14 * n, y + 8, 4, 36, INK, 0, 'opacity=".16"') for n in range(7)
            )
    lorry = (
        rect(0, -70, 130, 52, RED, 3)
        + path("M136 -18 V-64 H172 L192 -38 V-18 Z", WHITE)
        + circle(36, -12, 15, INK)
        + circle(96, -12, 15, INK)
        + circle(166, -12, 15, INK)
    )
    return (
        sky(SAND)
        + sun(300, 190, 90, CORAL)
        + skyline(508, "#d6c08a")
        + boxes
        + group(crane(NIGHT, RED), 190, 508, 1.15)
        + stroke("M520 140 V240", INK, 5)
        + rect(466, 240, 108, 54, TEAL, 3)
        + rect(0, 506, 1200, 20, NIGHT)
        + group(lorry, 380, 508)
        + rect(0, 524, 1200, 40, "#b7a375")
        + swell(574, TEAL, 9, 150)
        + swell(622, DEEP, 10, 180, 50)
    )


@picture("gesundheitswirtschaft-hamburg")
def health():
    ring = ""
    for number in range(8):
        a, b = number * 45 - 22.5, number * 45 + 22.5
        (x1, y1), (x2, y2) = at(a, 212, 600, 316), at(b, 212, 600, 316)
        (x3, y3), (x4, y4) = at(b, 128, 600, 316), at(a, 128, 600, 316)
        ring += path(
            f"M{x1:.1f} {y1:.1f} A212 212 0 0 1 {x2:.1f} {y2:.1f} L{x3:.1f} {y3:.1f} A128 128 0 0 0 {x4:.1f} {y4:.1f} Z",
            RED if number % 2 == 0 else WHITE,
        )
    cross = rect(572, 246, 56, 140, TEAL, 8) + rect(530, 288, 140, 56, TEAL, 8)
    rope = "".join(
        stroke(f"M{x1:.0f} {y1:.0f} Q{xm:.0f} {ym:.0f} {x2:.0f} {y2:.0f}", SAND, 9)
        for (x1, y1), (xm, ym), (x2, y2) in (
            (at(a, 214, 600, 316), at(a + 45, 300, 600, 316), at(a + 90, 214, 600, 316))
            for a in (0, 90, 180, 270)
        )
    )
    pulse = stroke("M0 540 H300 l26 -30 26 30 h60 l34 -120 46 200 40 -110 18 30 H1200", RED, 10)
    return (
        sky(PALE)
        + cloud(170, 120, 1.1)
        + cloud(1020, 160, 1.2)
        + gull(330, 190, 18, MID)
        + rope
        + circle(600, 316, 126, CREAM)
        + cross
        + ring
        + f'<g opacity=".93">{swell(470, AQUA, 10, 160)}</g>'
        + swell(560, TEAL, 11, 190, 40)
        + swell(624, DEEP, 11, 200, 90)
        + pulse
    )


@picture("hamburg-kreativ-gesellschaft")
def creative():
    def paper(main, light, dark):
        return (
            poly([(-170, -40), (170, -40), (110, 60), (-110, 60)], main)
            + poly([(-170, -40), (0, -40), (-110, 60)], light)
            + poly([(0, -190), (-84, -40), (0, -40)], light)
            + poly([(0, -190), (84, -40), (0, -40)], dark)
            + poly([(0, -40), (170, -40), (110, 60)], dark)
        )

    pencil = (
        rect(-20, -260, 40, 210, SUN)
        + rect(-20, -260, 13, 210, "#ffd777")
        + rect(-20, -290, 40, 34, CORAL, 8)
        + rect(-20, -264, 40, 16, STEEL)
        + poly([(-20, -50), (20, -50), (0, 10)], SAND)
        + poly([(-7, -10), (7, -10), (0, 12)], INK)
    )
    shapes = (
        circle(180, 140, 56, CORAL)
        + rect(960, 80, 96, 96, TEAL, 4, 'transform="rotate(18 1008 128)"')
        + poly([(330, 250), (400, 130), (470, 250)], SUN)
        + stroke("M760 110 q30 -50 60 0 t60 0 t60 0", RED, 12)
        + circle(1080, 290, 34, "none", f'stroke="{MID}" stroke-width="14"')
    )
    return (
        sky(CREAM)
        + shapes
        + group(paper(TEAL, AQUA, "#156369"), 250, 440, 0.8)
        + group(pencil, 615, 330, 1.0, turn=8)
        + group(paper(RED, CORAL, BRICK), 600, 450, 1.35)
        + group(paper(DEEP, MID, NIGHT), 985, 450, 0.9)
        + swell(484, AQUA, 12, 170)
        + swell(550, MID, 12, 190, 50)
        + swell(614, DEEP, 12, 200, 10)
    )


@picture("erneuerbare-energien-hamburg")
def energy():
    rays = "".join(
        stroke(
            "M{:.0f} {:.0f} L{:.0f} {:.0f}".format(*at(a, 150, 600, 420), *at(a, 196, 600, 420)),
            SUN,
            10,
        )
        for a in range(-75, 90, 25)
    )
    return (
        sky(PALE)
        + rays
        + circle(600, 420, 120, SUN)
        + group(turbine(40), 420, 470, 0.62)
        + group(turbine(5), 860, 470, 0.7)
        + group(turbine(70), 1110, 470, 0.5)
        + swell(462, AQUA, 9, 150)
        + group(turbine(20), 220, 560, 1.2)
        + swell(520, MID, 11, 170, 60)
        + group(turbine(95), 1010, 640, 1.35)
        + group(tug(RED, WHITE, SUN, NIGHT), 600, 570, 0.8)
        + swell(578, DEEP, 12, 190, 20)
        + swell(632, NIGHT, 12, 210, 90)
    )


@picture("maritimes-cluster-norddeutschland")
def maritime():
    bow = (
        path("M600 70 Q760 80 850 60 Q840 330 640 560 H600 Z", NIGHT)
        + path("M600 70 Q440 80 350 60 Q360 330 560 560 H600 Z", DEEP)
        + path("M600 420 H742 Q700 500 640 560 H600 Z", RED)
        + path("M600 420 H458 Q500 500 560 560 H600 Z", CORAL)
        + rect(420, 10, 360, 66, WHITE, 8)
        + "".join(rect(440 + n * 56, 26, 40, 24, MID, 4) for n in range(6))
        + path("M590 60 h20 v500 h-20 Z", INK, 'opacity=".35"')
    )
    anchor = (
        circle(0, -70, 20, "none", f'stroke="{CREAM}" stroke-width="12"')
        + stroke("M0 -50 V84 M-44 -22 H44", CREAM, 14)
        + stroke("M-78 26 Q-66 84 0 88 Q66 84 78 26", CREAM, 14)
        + poly([(-96, 44), (-78, 6), (-54, 40)], CREAM)
        + poly([(96, 44), (78, 6), (54, 40)], CREAM)
    )
    spray = path(
        "M380 600 Q420 520 500 540 Q540 470 600 560 Q660 470 700 540 Q780 520 820 600 Z",
        WHITE,
        'opacity=".9"',
    )
    return (
        sky(SAND)
        + sun(210, 200, 86, CORAL)
        + gull(1000, 150, 22, DEEP)
        + gull(1060, 200, 15, DEEP)
        + swell(470, AQUA, 9)
        + group(sailboat(), 1000, 470, 0.55)
        + group(freighter(), 190, 480, 0.36)
        + swell(500, TEAL, 11, 180, 40)
        + bow
        + group(anchor, 700, 260, 0.95)
        + spray
        + swell(576, DEEP, 13, 190, 70)
        + swell(630, NIGHT, 12, 210, 10)
    )


@picture("nextmedia-hamburg")
def media():
    screens = ""
    for x, y, width, height, colour, kind in (
        (110, 90, 220, 140, TEAL, 0),
        (870, 70, 240, 150, CORAL, 1),
        (930, 260, 180, 120, MID, 2),
        (90, 270, 170, 110, DEEP, 3),
    ):
        inner = (
            stroke(f"M{x + 26} {y + height - 36} l40 -44 40 24 60 -62", WHITE, 8)
            if kind == 0
            else "".join(rect(x + 26, y + 28 + n * 26, width - 52 - n * 34, 12, WHITE, 6) for n in range(4))
            if kind == 1
            else "".join(
                rect(x + 24 + n * 24, y + height / 2 - h / 2, 12, h, WHITE, 6)
                for n, h in enumerate((20, 50, 34, 70, 44, 24))
            )
            if kind == 2
            else circle(x + 60, y + 52, 24, SUN)
            + path(f"M{x + 12} {y + 98} l50 -34 30 20 30 -34 36 48 Z", AQUA)
        )
        screens += rect(x, y, width, height, colour, 14) + inner
    boat = (
        stroke("M-6 20 V-330", INK, 8)
        + path("M6 -330 Q14 -336 22 -330 L212 -178 Q222 -168 212 -158 L22 -10 Q6 -4 6 -16 Z", RED)
        + path("M-20 -300 Q-110 -150 -130 -10 H-20 Z", WHITE)
        + path("M-170 24 H200 Q176 92 120 96 H-120 Q-158 84 -170 24 Z", WHITE)
        + rect(-170, 22, 370, 14, SUN, 4)
    )
    pixels = "".join(
        rect(x, y, 20, 20, c, 2)
        for x, y, c in (
            (430, 480, AQUA),
            (470, 452, WHITE),
            (404, 440, CORAL),
            (440, 410, SUN),
            (380, 490, WHITE),
            (360, 450, AQUA),
            (330, 480, SUN),
        )
    )
    return sky(NIGHT) + screens + group(boat, 600, 440) + pixels + water(510, (MID, DEEP, INK), 56)


@picture("hamburg-aviation")
def aviation():
    plane = (
        path("M-250 6 Q-250 -28 -200 -32 H170 Q250 -28 276 10 Q262 40 180 42 H-190 Q-240 40 -250 6 Z", WHITE)
        + path("M-214 -28 L-276 -138 H-224 L-140 -30 Z", RED)
        + path("M-206 12 L-290 -6 H-250 L-160 16 Z", STEEL)
        + path("M30 20 L-120 148 H-66 L120 24 Z", STEEL)
        + path("M60 -30 L-40 -112 H0 L130 -32 Z", "#b8c9d6")
        + "".join(circle(x, -4, 9, DEEP) for x in range(-150, 180, 34))
        + path("M206 -22 Q240 -16 252 -2 H206 Z", DEEP)
        + rect(-20, 58, 70, 30, NIGHT, 14)
    )
    trail = stroke("M-20 470 Q240 440 430 290", WHITE, 14).replace("/>", ' opacity=".8"/>') + stroke(
        "M-20 500 Q260 470 450 312", WHITE, 7
    ).replace("/>", ' opacity=".5"/>')
    return (
        sky("#8cc4d6")
        + sun(1000, 130, 70)
        + cloud(240, 160, 1.2)
        + cloud(880, 330, 1.3)
        + cloud(110, 330, 0.8, opacity=0.6)
        + trail
        + group(skyline(0, DEEP), 0, 540, 0.72)
        + group(skyline(0, DEEP), 860, 540, 0.72)
        + group(plane, 650, 205, 1.1, turn=-18)
        + swell(532, TEAL, 9, 150)
        + swell(584, DEEP, 10, 180, 30)
        + swell(634, NIGHT, 10, 200, 70)
        + glints([(300, 570, 80), (700, 575, 60), (1000, 566, 80)])
    )


# Co-learning fields -------------------------------------------------------------------------------


@picture("wasserstoff-regional")
def hydrogen():
    orbit = (
        '<ellipse cx="600" cy="235" rx="290" ry="92" fill="none"'
        f' stroke="{SUN}" stroke-width="6" transform="rotate(-27 600 235)"/>'
    )
    molecule = (
        circle(672, 198, 112, WHITE)
        + path("M672 310 A112 112 0 0 0 784 198 A150 150 0 0 1 672 310 Z", PALE)
        + circle(528, 272, 112, AQUA)
        + path("M528 384 A112 112 0 0 0 640 272 A150 150 0 0 1 528 384 Z", TEAL)
        + orbit
        + circle(858, 104, 20, SUN)
        + circle(342, 366, 20, SUN)
    )
    bubbles = "".join(
        circle(x, y, r, "none", f'stroke="{AQUA}" stroke-width="5"')
        for x, y, r in ((600, 452, 16), (560, 500, 11), (640, 420, 10), (612, 540, 8), (660, 490, 7))
    )
    tanks = (
        "".join(rect(x, 330, 92, 190, WHITE, 44) + rect(x, 404, 92, 22, TEAL) for x in (60, 172))
        + stroke("M106 330 V290 H330 V540", STEEL, 14)
        + stroke("M218 330 V290", STEEL, 14)
    )
    return (
        sky(DEEP)
        + circle(600, 235, 250, NIGHT, 'opacity=".4"')
        + molecule
        + group(turbine(25), 1080, 520, 0.95)
        + group(turbine(60), 950, 520, 0.7)
        + tanks
        + rect(0, 518, 360, 60, SAND)
        + rect(0, 518, 360, 12, CREAM)
        + f'<g opacity=".9">{swell(520, MID, 10, 160)}</g>'
        + rect(0, 518, 360, 157, "#c9b88c")
        + rect(0, 518, 360, 14, SAND)
        + bubbles
        + group(tug(RED, WHITE, SUN, NIGHT), 800, 560, 0.72)
        + swell(580, "#0a3d6c", 11, 190, 50)
        + swell(632, NIGHT, 11, 200, 10)
    )


@picture("ki-im-mittelstand")
def intelligence():
    layers = ((350, (150, 250, 350)), (520, (100, 200, 300, 400)), (690, (150, 250, 350)), (850, (250,)))
    lines = "".join(
        stroke(f"M{x1} {y1} L{x2} {y2}", AQUA, 3)
        for (x1, ys1), (x2, ys2) in itertools.pairwise(layers)
        for y1 in ys1
        for y2 in ys2
    )
    lit = {(350, 250), (520, 200), (690, 250), (850, 250)}
    nodes = "".join(
        circle(x, y, 42 if (x, y) in lit else 0, SUN, 'opacity=".25"')
        + circle(x, y, 22, SUN if (x, y) in lit else WHITE)
        for x, ys in layers
        for y in ys
    )
    way = stroke("M350 250 L520 200 L690 250 L850 250", SUN, 7)
    works = (
        poly(
            [(0, 560), (0, 380), (80, 320), (80, 380), (160, 320), (160, 380), (240, 320), (240, 560)], BRICK
        )
        + rect(30, 220, 34, 150, "#9c2a2a")
        + "".join(rect(x, 430, 44, 44, SUN, 3) for x in (26, 98, 170))
        + rect(90, 500, 60, 60, INK)
    )
    arm = group(
        rect(980, 500, 120, 60, INK, 6)
        + stroke("M1040 500 L1010 380", WHITE, 30)
        + stroke("M1010 380 L930 330", WHITE, 24)
        + circle(1040, 496, 26, RED)
        + circle(1010, 380, 22, RED)
        + circle(928, 330, 17, RED)
        + stroke("M928 330 l-30 14 M928 330 l-16 30", WHITE, 11),
        -260,
        -140,
        1.25,
    )
    return (
        sky(NIGHT)
        + f'<g opacity=".5">{lines}</g>'
        + way
        + nodes
        + works
        + arm
        + rect(0, 556, 1200, 22, SAND)
        + rect(0, 574, 1200, 30, "#c9b88c")
        + swell(604, TEAL, 9, 160)
        + swell(644, DEEP, 8, 190, 50)
    )


@picture("resiliente-lieferketten")
def supply():
    def link(x, y, colour, turn=0, edge=False):
        shape = f'<rect x="-100" y="-52" width="200" height="104" rx="52" fill="none" stroke="{colour}" stroke-width="32"/>'
        return group(shape if not edge else rect(-112, -16, 224, 32, colour, 16), x, y, turn=turn)

    chain = (
        link(110, 220, STEEL)
        + link(345, 220, STEEL)
        + link(230, 220, WHITE, edge=True)
        + link(600, 220, RED)
        + link(470, 220, WHITE, edge=True)
        + link(855, 220, STEEL)
        + link(730, 220, WHITE, edge=True)
        + link(1090, 220, STEEL)
        + link(972, 220, WHITE, edge=True)
    )
    detour = stroke("M150 470 Q360 350 600 400 T1050 470", SUN, 8, "2 20")
    return (
        sky(DEEP)
        + circle(600, 220, 190, CORAL, 'opacity=".18"')
        + chain
        + detour
        + water(470, (MID, "#1d5f8c", NIGHT), 66)
        + group(freighter(INK), 220, 520, 0.5)
        + group(freighter(TEAL), 640, 590, 0.55)
        + group(freighter(RED), 1030, 520, 0.45)
        + swell(604, NIGHT, 11, 190, 50)
    )


@picture("kreislaufwirtschaft")
def circular():
    arrows = ""
    for start, colour in ((12, TEAL), (132, RED), (252, DEEP)):
        (x1, y1), (x2, y2) = at(start, 215, 600, 330), at(start + 84, 215, 600, 330)
        tip, inner, outer = (
            at(start + 106, 215, 600, 330),
            at(start + 82, 160, 600, 330),
            at(start + 82, 270, 600, 330),
        )
        arrows += stroke(
            f"M{x1:.1f} {y1:.1f} A215 215 0 0 1 {x2:.1f} {y2:.1f}", colour, 58, cap="butt"
        ) + poly([tip, inner, outer], colour)
    crate = (
        rect(-64, -64, 128, 128, SUN, 8)
        + rect(-64, -64, 128, 26, "#dc9f2a", 8)
        + stroke("M-30 6 Q-30 -26 0 -26 Q26 -26 30 0", NIGHT, 11)
        + poly([(42, -4), (16, -2), (31, 22)], NIGHT)
        + stroke("M30 20 Q26 42 0 42 Q-20 42 -28 26", NIGHT, 11)
    )
    ripples = "".join(
        circle(600, 330, r, "none", f'stroke="{WHITE}" stroke-width="3" opacity="{o}"')
        for r, o in ((315, 0.5), (385, 0.35), (465, 0.25), (560, 0.18))
    )
    return (
        sky(AQUA)
        + ripples
        + circle(600, 330, 275, CREAM)
        + arrows
        + group(crate, 600, 330)
        + group(sailboat(WHITE, CREAM, CORAL), 180, 330, 0.75)
        + group(tug(), 1035, 380, 0.85, flip=True)
        + glints(
            [
                (70, 370, 220),
                (930, 415, 220),
                (90, 560, 90),
                (1000, 580, 100),
                (160, 110, 70),
                (960, 120, 80),
            ],
            WHITE,
            0.6,
        )
    )


@picture("datenraeume")
def data_spaces():
    basins = ""
    for x, y, width, height, colour in (
        (80, 70, 300, 220, TEAL),
        (450, 70, 300, 220, MID),
        (820, 70, 300, 220, DEEP),
    ):
        basins += rect(x, y, width, height, colour, 18)
    canal = rect(0, 400, 1200, 180, MID)
    gates = ""
    for x, opened in ((230, True), (600, False), (970, True)):
        gates += rect(x - 70, 290, 140, 112, MID)
        if opened:
            gates += rect(x - 82, 300, 20, 84, RED, 4, f'transform="rotate(28 {x - 72} 300)"') + rect(
                x + 62, 300, 20, 84, RED, 4, f'transform="rotate(-28 {x + 72} 300)"'
            )
        else:
            gates += (
                rect(x - 72, 330, 144, 24, RED, 4)
                + rect(x - 26, 312, 52, 52, NIGHT, 8)
                + circle(x, 332, 10, SUN)
                + poly([(x - 5, 334), (x + 5, 334), (x + 8, 352), (x - 8, 352)], SUN)
            )
    cubes = ""
    for left, pattern in ((80, "1011010110"), (450, "0110111001"), (820, "1101001011")):
        for number, bit in enumerate(pattern):
            x, y = left + 36 + number % 5 * 50, 112 + number // 5 * 84
            cubes += rect(
                x,
                y,
                34,
                52,
                CREAM if bit == "1" else "none",
                5,
                "" if bit == "1" else f'stroke="{CREAM}" stroke-width="5"',
            )
    boat = path("M-90 -34 H56 Q110 -30 124 0 Q110 30 56 34 H-90 Q-100 0 -90 -34 Z", WHITE) + "".join(
        rect(-72 + n * 42, -20, 34, 40, c, 4) for n, c in enumerate((RED, SUN, TEAL))
    )
    route = stroke("M30 490 H160 Q230 490 230 420 V350", SUN, 8, "2 20") + stroke(
        "M970 350 V420 Q970 490 1040 490 H1190", SUN, 8, "2 20"
    )
    return (
        sky(SAND)
        + rect(0, 0, 1200, 36, "#d6c08a")
        + basins
        + canal
        + gates
        + cubes
        + route
        + group(boat, 600, 490, 1.15)
        + rect(0, 580, 1200, 95, "#d6c08a")
        + "".join(
            rect(x, 606, 110, 44, BRICK, 4) + rect(x, 606, 110, 10, "#8e2623") for x in range(60, 1140, 160)
        )
        + glints([(340, 440, 60), (780, 540, 70), (420, 545, 50), (800, 440, 50)])
    )


@picture("fachkraefte-gemeinsam-gewinnen")
def rowing():
    shell = path(
        "M-470 0 Q-430 -34 -300 -38 H300 Q430 -34 470 0 Q430 34 300 38 H-300 Q-430 34 -470 0 Z", "HULL"
    )
    rowers, oars = "", ""
    colours = (RED, TEAL, SUN, WHITE, CORAL, AQUA, RED, SUN)
    for number, colour in enumerate(colours):
        x = -268 + number * 72
        side = -1 if number % 2 else 1
        oars += stroke(f"M{x} 0 L{x - 46} {side * 150}", SAND, 7) + group(
            rect(-11, -28, 22, 56, RED if side == 1 else WHITE, 6), x - 52, side * 168, turn=side * 17
        )
        rowers += f'<ellipse cx="{x}" cy="0" rx="17" ry="27" fill="{colour}"/>' + circle(
            x + 4, 0, 14, "#e8c79d" if number % 3 else "#9b6b43"
        )
    boat = (
        oars
        + shell.replace("HULL", NIGHT)
        + path("M-440 0 Q-400 -20 -300 -22 H300 Q400 -20 440 0 Q400 20 300 22 H-300 Q-400 20 -440 0 Z", CREAM)
        + rowers
        + (f'<ellipse cx="350" cy="0" rx="16" ry="23" fill="{NIGHT}"/>' + circle(346, 0, 13, "#e8c79d"))
    )
    puddles = "".join(
        circle(-340 + number * 130, side * 205, 22, "none", f'stroke="{WHITE}" stroke-width="4" opacity=".5"')
        for number in range(5)
        for side in (-1, 1)
    )
    wake = stroke("M-480 -10 Q-600 -50 -760 -60 M-480 10 Q-600 50 -760 60", WHITE, 6).replace(
        "/>", ' opacity=".5"/>'
    )
    lanes = "".join(
        group(
            "".join(circle(x, 0, 10, RED if n % 2 else WHITE) for n, x in enumerate(range(-800, 801, 62))),
            600,
            338 + dy,
            turn=-14,
        )
        for dy in (-300, 300)
    )
    return (
        sky(TEAL)
        + glints(
            [
                (60, 480, 90),
                (180, 140, 60),
                (420, 560, 70),
                (960, 100, 60),
                (1030, 440, 90),
                (720, 600, 70),
                (300, 240, 40),
            ]
        )
        + lanes
        + group(wake + puddles + boat, 620, 338, 1.0, turn=-14)
    )


# Output -------------------------------------------------------------------------------------------


def svg(key):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{PICTURES[key]()}</svg>"
    )


def render(key):
    """The picture as WebP, in the best quality that stays below the size limit."""
    png = cairosvg.svg2png(
        svg(key).encode(), output_width=WIDTH * SUPERSAMPLE, output_height=HEIGHT * SUPERSAMPLE
    )
    image = Image.open(io.BytesIO(png)).convert("RGB").resize((WIDTH, HEIGHT), Image.LANCZOS)
    for quality in (88, 82, 76, 70, 64, 58):
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= MOST_BYTES:
            break
    else:
        raise ValueError(f"{key}: {buffer.tell()} bytes at quality {quality}")
    (TARGET / f"{key}.webp").write_bytes(buffer.getvalue())
    return buffer.tell(), quality


def check_texts():
    """Every picture has a title and an alternative text in both languages, and none is left over."""
    texts = yaml.safe_load((TARGET / "images.yaml").read_text(encoding="utf-8"))
    if set(texts) != set(PICTURES):
        raise ValueError(f"images.yaml and the pictures differ: {set(texts) ^ set(PICTURES)}")
    for key, text in texts.items():
        for part in ("title", "alt"):
            if set(text[part]) != {"de", "en"}:
                raise ValueError(f"{key}: {part} is not in both languages")


def render_icons():
    """The bitmaps of the site's mark, from the SVG files in site/assets/img."""
    flat = cairosvg.svg2png(url=str(ICONS / "lotse.svg"), output_width=148 * 4, output_height=148 * 4)
    mark = Image.open(io.BytesIO(flat)).convert("RGBA").resize((148, 148), Image.LANCZOS)
    touch = Image.new("RGBA", (180, 180), WHITE)  # iOS paints transparent pixels black
    touch.alpha_composite(mark, (16, 16))
    touch.convert("RGB").save(ICONS / "apple-touch-icon.png", optimize=True)
    small = cairosvg.svg2png(url=str(ICONS / "favicon.svg"), output_width=128, output_height=128)
    Image.open(io.BytesIO(small)).convert("RGBA").resize((32, 32), Image.LANCZOS).save(
        ICONS / "favicon.ico", sizes=[(32, 32)]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("keys", nargs="*")
    parser.add_argument("--svg", type=Path, help="also write the SVG files to this folder")
    options = parser.parse_args()
    TARGET.mkdir(parents=True, exist_ok=True)
    for key in options.keys or PICTURES:
        size, quality = render(key)
        print(f"{key}: {size / 1000:.1f} kB, quality {quality}")
        if options.svg:
            options.svg.mkdir(parents=True, exist_ok=True)
            (options.svg / f"{key}.svg").write_text(svg(key), encoding="utf-8")
    check_texts()
    if not options.keys:
        render_icons()


if __name__ == "__main__":
    main()
