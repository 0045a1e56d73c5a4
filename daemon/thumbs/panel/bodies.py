"""Bodies in their clothes: legs, skirts, coats and arms, as they cover each other.

Everybody is a clothed mannequin; there is no way to draw one otherwise. Heads: `heads`.
"""

from __future__ import annotations

from daemon.thumbs.guesses import SOMETHING
from daemon.thumbs.outlines import outlines
from daemon.thumbs.palette import SKINS, Colour, mix, named
from daemon.thumbs.panel.clothes import LONG, Clothes
from daemon.thumbs.panel.hair import hair_behind, hair_over
from daemon.thumbs.panel.heads import draw_head
from daemon.thumbs.panel.held import draw_held
from daemon.thumbs.panel.muzzles import draw_tail, is_beast
from daemon.thumbs.paper import Point, oval
from daemon.thumbs.puppet import Puppet, between, capsule, hull, ring, tapered
from daemon.thumbs.scene import Look
from daemon.thumbs.stage import Stage
from daemon.thumbs.stances import Joint
from daemon.thumbs.uses import BEAKS

FLARE = {"dress": 1.7, "gown": 2.2, "skirt": 1.7, "coat": 1.15, "robe": 1.35, "cloak": 1.8}
BARE_ARMS = ("t-shirt", "vest", "top", "tutu", "scrubs")
PLAIN_BODIES = {
    "robot": (176, 184, 192),
    "ghost": (240, 242, 246),
    "alien": (148, 196, 140),
    "monster": (120, 140, 110),
    "skeleton": (238, 232, 216),
    "shadow": (52, 52, 60),
}


def skin_of(look: Look) -> Colour:
    """The colour of whatever is bare: face and hands."""
    fur = named(outlines()[look.body].colour) if is_beast(look.body) else None
    return fur or PLAIN_BODIES.get(look.body) or SKINS[look.skin % len(SKINS)]


class Body(Clothes):
    """One puppet, dressed, drawn from back to front."""

    def __init__(self, stage: Stage, puppet: Puppet, z: float) -> None:
        self.stage, self.puppet, self.z = stage, puppet, z
        self.look = puppet.figure.look
        self.weight = max(0.55, min(1.5, 0.75 + puppet.size * 0.55))
        ghostly = self.look.body in ("ghost", "shadow", "skeleton")
        base = PLAIN_BODIES[self.look.body] if ghostly else None
        skin = skin_of(self.look)
        if stage.paper.look == "pencil":  # hatching would hide faces and hands
            skin = mix(skin, (255, 255, 255), 0.45)
        self.skin = self._lit(skin)
        self.upper = self._lit(base or named(self.look.colour))
        self.lower = self._lit(base or named(self.look.below_colour))

    def draw(self) -> None:
        """All of it."""
        paper, puppet = self.stage.paper, self.puppet
        self.stage.pale(self.z)
        paper.pale *= 0.6
        if not puppet.seen_from_behind:
            hair_behind(self)
        left_far = puppet.toward(puppet.pose.left_hand) < puppet.toward(puppet.pose.right_hand)
        far, near = ("left", "right") if left_far else ("right", "left")
        frontal = abs(puppet.cosine) > 0.75
        arms_behind = [far] if not frontal else []
        if puppet.seen_from_behind and frontal:
            arms_behind = ["left", "right"] if self._reaches_forward() else []
        if "cape" in self.look.extras and not puppet.seen_from_behind:
            self._cape()
        if is_beast(self.look.body):
            draw_tail(self)
        if "wings" in self.look.extras or self.look.body in BEAKS:
            self._wings()
        for side in arms_behind:
            self._arm(side)
            draw_held(self, side)
        for side in (far, near):
            self._leg(side)
        self._torso()
        if puppet.seen_from_behind:
            draw_head(self)
            hair_over(self)
            self._back_things()
        else:
            self._neck()
            self._front_details()
            draw_head(self)
            hair_over(self)
        for side in (far, near):
            if side not in arms_behind:
                self._arm_and_held(side)
        paper.pale = 0.0

    def _arm_and_held(self, side: str) -> None:
        """What is held is behind its hand, unless its word is to be read or a cup to be seen."""
        figure = self.puppet.figure
        before = figure.held == SOMETHING or figure.pose == "drinking"
        if not before:
            draw_held(self, side)
        self._arm(side)
        if before:
            draw_held(self, side)

    # --- parts ------------------------------------------------------------------------------------

    def shape(self, parts: list[list[Point]], colour: Colour, weight: float = 1.0) -> None:
        self.stage.paper.shape(parts, colour, weight * self.weight)

    def lit(self, name: str) -> Colour:
        """A named colour in this light."""
        return self._lit(named(name))

    def _lit(self, colour: Colour) -> Colour:
        return self.stage.tint(colour, self.z, near=True)

    def _leg(self, side: str) -> None:
        p, size = self.puppet, self.puppet.size
        hip, knee, foot = self.leg(side)
        wide = min(p.girth, 1.25) * (0.82 if self.look.age == "child" else 1.0)
        bare = self.look.below in ("shorts", "skirt") or self.look.wear in (
            "dress",
            "skirt",
            "tunic",
            "tutu",
        )
        thigh, calf, ankle = 0.060 * wide * size, 0.044 * wide * size, 0.031 * size
        boots = "boots" in self.look.extras
        toe = self._toe(side, foot)
        shoe = self._lit((60, 54, 56) if self.look.body == "human" else skin_of(self.look))
        self.shape([tapered(foot, toe, ankle * 0.95, 0.022 * size)], shoe)
        if bare:
            self.shape(
                capsule((hip, knee, foot), (thigh * 0.9, calf * 0.85, ankle * 0.8)), self.skin
            )
            if self.look.below == "shorts" and self.look.wear not in ("dress", "skirt"):
                self.shape(
                    capsule((hip, between(hip, knee, 0.85)), (thigh, thigh * 0.95)), self.lower
                )
        else:
            self.shape(capsule((hip, knee, foot), (thigh, calf, ankle)), self.lower)
        if boots:
            self.shape(
                [
                    tapered(between(knee, foot, 0.35), foot, calf * 1.02, ankle * 1.2),
                    tapered(foot, toe, ankle, 0.026 * size),
                ],
                shoe,
            )

    def leg(self, side: str) -> tuple[Point, Point, Point]:
        """Hip, knee and foot on the paper."""
        p, sign = self.puppet, 1 if side == "left" else -1
        knee: Joint = p.pose.left_knee if side == "left" else p.pose.right_knee
        foot: Joint = p.pose.left_foot if side == "left" else p.pose.right_foot
        return p.at((*p.pose.hip, 0.052 * sign)), p.at(knee), p.at(foot)

    def _toe(self, side: str, foot: Point) -> Point:
        p = self.puppet
        joint = p.pose.left_foot if side == "left" else p.pose.right_foot
        if p.pose.lying:
            return (foot[0], foot[1] - 0.07 * p.size)
        aside = 0.02 if side == "left" else -0.02
        x, y, z = joint
        high = max(0.0, y - 0.06) * 0.5
        return p.at((x + 0.075, y - 0.012 - high, z + aside))

    def _arm(self, side: str) -> None:
        p, size = self.puppet, self.puppet.size
        pose, sign = p.pose, 1 if side == "left" else -1
        elbow: Joint = pose.left_elbow if side == "left" else pose.right_elbow
        hand: Joint = pose.left_hand if side == "left" else pose.right_hand
        shoulder = p.at(self._shoulder(sign))
        wide = (0.5 + 0.5 * p.girth) * (0.88 if self.look.sex == "f" else 1.0) * size
        middle, end = p.at(elbow), p.at(hand)
        gloved = "gloves" in self.look.extras
        fist = _fist(middle, end, (0.052 if gloved else 0.031) * size)
        self.shape(fist, self.lit("red") if gloved else self.skin)
        sleeve = [shoulder, middle, between(middle, end, 0.86)]
        if self.look.wear in BARE_ARMS:
            self.shape(
                capsule((shoulder, middle, end), (0.03 * wide, 0.026 * wide, 0.02 * wide)),
                self.skin,
            )
            self.shape(
                capsule((shoulder, between(shoulder, middle, 0.55)), (0.040 * wide, 0.038 * wide)),
                self.upper,
            )
            return
        loose = 1.25 if self.look.wear in ("coat", "robe", "kimono", "suit", "cloak") else 1.0
        widths = (0.041 * wide * loose, 0.034 * wide * loose, 0.028 * wide * loose)
        self.shape(capsule(sleeve, widths), self.upper)

    def _shoulder(self, sign: int) -> Joint:
        (x, y), half = self.puppet.pose.neck, 0.118 if self.look.sex == "m" else 0.098
        half *= 0.5 + 0.5 * self.puppet.girth
        if self.look.age in ("child", "baby"):
            half *= 0.82
        return (x * 0.96, y - 0.035, half * sign)

    def _reaches_forward(self) -> bool:
        pose = self.puppet.pose
        return pose.left_hand[0] > 0.1 or pose.right_hand[0] > 0.1

    def _torso(self) -> None:
        outline = self.torso()
        parts = [outline]
        skirt = self._skirt()
        if skirt and (self.look.wear in LONG or self.look.body == "ghost"):
            parts.append(skirt)
        elif skirt:  # a skirt below a shirt
            self.shape([skirt], self.lower)
        else:
            hips = hull(
                [
                    *ring(self.leg("left")[0], 0.058 * self.puppet.size * self.puppet.girth),
                    *ring(self.leg("right")[0], 0.058 * self.puppet.size * self.puppet.girth),
                ]
            )
            self.shape([hips], self.lower, 0)
        self.shape(parts, self.upper)

    def torso(self) -> list[Point]:
        """From hips to neck; narrower at the waist."""
        p, look = self.puppet, self.look
        (hx, hy), (nx, ny) = p.pose.hip, p.pose.neck
        side = abs(p.cosine) if not p.pose.lying else 0.6
        man = look.sex == "m" or look.age in ("child", "baby")
        small = 0.85 if look.age in ("child", "baby") else 1.0
        shoulders = (0.135 if man else 0.112) * small
        waist, hips = (0.100, 0.102) if man else (0.080, 0.104)
        waist, hips = waist * p.girth, hips * (0.4 + 0.6 * p.girth)
        shoulders *= 0.5 + 0.5 * p.girth
        thick = 0.078 * (0.3 + 0.7 * p.girth)
        rows = (
            (-0.06, hips),
            (0.0, hips),
            (0.45, waist),
            (0.78, shoulders * 0.97),
            (0.92, shoulders * 0.86),
            (1.0, 0.052),
        )
        low, high = p.middle(hx, hy), p.middle(nx, ny)
        length = max(1e-6, ((high[0] - low[0]) ** 2 + (high[1] - low[1]) ** 2) ** 0.5)
        ax, ay = (high[0] - low[0]) / length, (high[1] - low[1]) / length
        left, right = [], []
        for along, half in rows:
            wide = ((half * side) ** 2 + (thick * (1 - side**2) ** 0.5) ** 2) ** 0.5 * p.size
            wide = min(wide, 0.05 * p.size) if along == 1.0 else wide
            centre = between(low, high, along)
            left.append((centre[0] + ay * wide, centre[1] - ax * wide))
            right.append((centre[0] - ay * wide, centre[1] + ax * wide))
        return [*left, *right[::-1]]

    def _skirt(self) -> list[Point]:
        look, size = self.look, self.puppet.size
        garment = look.below if look.below == "skirt" and look.wear not in LONG else look.wear
        if look.body == "ghost":
            garment = "robe"
        if garment not in LONG:
            return []
        if garment == "tutu":
            x, y = between(self.leg("left")[0], self.leg("right")[0], 0.5)
            return oval((x, y + 0.02 * size), 0.24 * size, 0.075 * size)
        down, flare = LONG[garment], FLARE.get(garment, 1.2)
        points: list[Point] = []
        for side in ("left", "right"):
            hip, knee, foot = self.leg(side)
            points += ring(hip, 0.062 * size * self.puppet.girth)
            end = between(hip, knee, down) if down <= 1 else between(knee, foot, down - 1)
            points += ring(knee, 0.05 * size * flare) if down > 1 else []
            points += ring(end, 0.055 * size * flare)
        return hull(points)


def _fist(elbow: Point, hand: Point, radius: float) -> list[list[Point]]:
    """A hand: a round with a thumb's end, a little beyond the wrist."""
    past = between(elbow, hand, 1.06)
    return [ring(past, radius), tapered(hand, past, radius * 0.8, radius)]
