"""Hands as large as an insert shows them: one that grips, two at work, and their skin."""

from __future__ import annotations

from daemon.thumbs.palette import SKINS, named
from daemon.thumbs.paper import Point
from daemon.thumbs.puppet import tapered
from daemon.thumbs.stage import Stage


def skin_tone(stage: Stage) -> tuple[int, int, int]:
    figures = stage.scene.figures
    skin = figures[0].look.skin if figures else stage.scene.seed % 5
    return stage.light.on(SKINS[skin % len(SKINS)], 0, near=True)


def palm(stage: Stage, at: Point) -> None:
    x, y = at
    cuff = stage.light.on(named("navy"), 0, near=True)
    end = (x + 0.52, y + 0.62)
    stage.paper.shape([tapered((x + 0.26, y + 0.30), end, 0.13, 0.18)], cuff, 1.4)
    stage.paper.shape(
        [tapered((x + 0.06, y + 0.06), (x + 0.25, y + 0.29), 0.125, 0.105)], skin_tone(stage), 1.3
    )


def fingers(stage: Stage, at: Point) -> None:
    x, y = at
    skin = skin_tone(stage)
    for k in range(4):
        root = (x + 0.15 - 0.015 * k, y - 0.05 + 0.062 * k)
        tip = (x - 0.085 + 0.02 * k, y - 0.028 + 0.056 * k)
        stage.paper.shape([tapered(root, tip, 0.038, 0.031)], skin, 1.2)
        stage.paper.pale = 0.4
        stage.paper.stroke(
            [(tip[0] - 0.012, tip[1] - 0.018), (tip[0] - 0.016, tip[1] + 0.014)], 0.6
        )
        stage.paper.pale = 0.0
    stage.paper.shape([tapered((x + 0.13, y - 0.06), (x - 0.03, y - 0.13), 0.042, 0.03)], skin, 1.2)


def other_hand(stage: Stage, at: Point) -> None:
    """The hand of somebody else, from the other side."""
    x, y = at
    skin = skin_tone(stage)
    cuff = stage.light.on(named("dark red"), 0, near=True)
    stage.paper.shape([tapered((x - 0.24, y + 0.05), (x - 0.9, y + 0.2), 0.11, 0.15)], cuff, 1.3)
    stage.paper.shape([tapered((x - 0.06, y), (x - 0.25, y + 0.05), 0.1, 0.085)], skin, 1.3)
    for k in range(4):
        root, tip = (x - 0.06, y - 0.07 + 0.05 * k), (x + 0.12, y - 0.06 + 0.05 * k)
        stage.paper.shape([tapered(root, tip, 0.036, 0.028)], skin, 1.2)


def at_work(stage: Stage) -> None:
    """Hands that are at something larger than they are: two, or one where one is named."""
    skin, cuff = skin_tone(stage), stage.light.on(named("navy"), 0, near=True)
    for sign in (-1, 1) if stage.scene.hands > 1 or not stage.scene.by_hand else (1,):
        x, y = 0.24 * sign, 0.66
        end = (x + 0.30 * sign, 1.08)
        stage.paper.shape([tapered((x + 0.13 * sign, y + 0.19), end, 0.10, 0.14)], cuff, 1.3)
        palm = tapered((x + 0.12 * sign, y + 0.17), (x, y), 0.075, 0.085)
        fingers = [
            tapered((x, y), (x + (0.035 * k - 0.05) * sign, y - 0.15), 0.034, 0.026)
            for k in range(4)
        ]
        thumb = tapered((x, y), (x - 0.12 * sign, y - 0.05), 0.04, 0.028)
        stage.paper.shape([palm, thumb, *fingers], skin, 1.2)
