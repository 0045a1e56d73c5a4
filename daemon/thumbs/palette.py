"""Colours by name, and what light, air and paper make of them.

Colours are RGB, 0 to 255. Knows nothing of shapes.
"""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "white": (244, 242, 236), "light grey": (200, 202, 204), "grey": (146, 150, 154),
    "dark grey": (82, 86, 96), "black": (46, 47, 54), "red": (205, 58, 52),
    "dark red": (136, 40, 44), "orange": (232, 138, 52), "yellow": (240, 204, 76),
    "gold": (218, 172, 66), "green": (74, 146, 86), "dark green": (44, 94, 64),
    "light green": (150, 196, 112), "teal": (54, 140, 146), "blue": (62, 108, 178),
    "light blue": (140, 184, 222), "navy": (44, 60, 106), "purple": (122, 80, 156),
    "pink": (236, 150, 172), "brown": (130, 88, 58), "light brown": (178, 136, 94),
    "dark brown": (84, 58, 44), "beige": (220, 202, 168), "cream": (242, 230, 204),
    "blond": (232, 198, 108), "ginger": (198, 98, 44), "silver": (184, 190, 198),
    "turquoise": (84, 190, 186), "violet": (150, 110, 196), "khaki": (146, 140, 96),
    "olive": (108, 112, 62), "wood": (170, 124, 80), "stone": (166, 162, 156),
    "brick": (178, 98, 76), "leaf": (92, 148, 76), "grass": (138, 180, 98), "sand": (232, 208, 150),
    "sea": (82, 140, 178), "snow": (236, 241, 246), "glass": (190, 216, 230),
    "rock": (134, 130, 130), "asphalt": (120, 122, 128), "pavement": (182, 180, 176),
    "skin": (232, 184, 150), "lamp": (255, 226, 140), "fire": (244, 140, 48),
}  # fmt: skip

SKINS: tuple[Colour, ...] = (
    (250, 218, 194), (240, 196, 164), (228, 178, 138), (208, 154, 112),
    (178, 122, 82), (146, 96, 64), (112, 72, 50), (82, 54, 42),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Light:
    """The hour and the air: `ambient` is mixed in by `dark` (0 to 1; what is near keeps more of its
    own colour), `haze` by depth times `thick`."""

    ambient: Colour = (255, 255, 255)
    dark: float = 0.0
    haze: Colour = (232, 238, 244)
    thick: float = 0.35

    def on(self, colour: Colour, depth: float = 0.0, near: bool = False) -> Colour:
        """A colour as it looks at `depth` (0 here, 1 at the horizon)."""
        lit = mix(colour, self.ambient, self.dark * (0.5 if near else 1.0))
        return mix(lit, self.haze, min(1.0, self.thick * depth))


def light_of(time: str, weather: str, indoors: bool) -> Light:
    """The light of an hour. In rooms the air is clear whatever falls outside."""
    day = {
        "day": Light(),
        "dawn": Light((255, 196, 168), 0.22, (250, 222, 206), 0.45),
        "dusk": Light((150, 76, 74), 0.32, (226, 150, 112), 0.45),
        "night": Light((24, 30, 62), 0.58, (40, 48, 84), 0.5),
    }[time]
    if indoors:
        dark = {"day": 0.0, "dawn": 0.1, "dusk": 0.2, "night": 0.34}[time]
        return Light(day.ambient, dark, day.haze, 0.06)
    if weather == "fog":
        haze = mix((222, 224, 226), day.haze, 0.35 if time == "day" else 0.6)
        return Light(day.ambient, day.dark * 0.8, haze, 1.25)
    if weather in ("rain", "storm"):
        heavy = 0.24 if weather == "rain" else 0.4
        base = (128, 136, 148) if time == "day" else day.ambient
        return Light(base, max(day.dark, heavy), mix(day.haze, (150, 156, 166), 0.5), 0.6)
    if weather == "snow":
        return Light(day.ambient, day.dark * 0.85, mix(day.haze, (236, 240, 246), 0.5), 0.55)
    return day


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with that share of `other`."""
    r, g, b = (round(a + (z - a) * share) for a, z in zip(one, other, strict=True))
    return r, g, b


def grey(colour: Colour) -> int:
    """How bright it is."""
    return (colour[0] * 299 + colour[1] * 587 + colour[2] * 114) // 1000


def named(name: str, otherwise: str = "grey") -> Colour:
    """The colour of a name, or that of `otherwise`."""
    return COLOURS.get(name) or COLOURS[otherwise]
