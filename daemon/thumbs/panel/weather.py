"""Rain, snow, fog, wind and lightning, over what is drawn."""

from __future__ import annotations

from daemon.thumbs.palette import mix
from daemon.thumbs.place_table import places
from daemon.thumbs.stage import Stage


def draw_behind(stage: Stage) -> None:
    """What the weather does to the place before anybody stands in it."""
    if stage.scene.weather == "fog":
        stage.paper.veil(stage.light.on((226, 228, 230)), 0.5)
    if stage.scene.weather == "storm":
        x = stage.half * 0.45
        bolt = [(x, -0.02), (x - 0.05, 0.14), (x + 0.01, 0.15), (x - 0.06, 0.34)]
        stage.paper.glow((x, 0.12), 0.4, (250, 250, 230), 0.5)
        stage.paper.band(bolt, (255, 255, 240), 0.012)
        stage.paper.pale = 0.2
        stage.paper.stroke(bolt, 1.2)


def draw_before(stage: Stage) -> None:
    """What falls in front of everybody."""
    weather, chance, paper = stage.scene.weather, stage.chance, stage.paper
    if places()[stage.scene.place or "nowhere"].indoors:
        return
    if weather in ("rain", "storm"):
        white = mix((236, 240, 246), (120, 130, 150), 0.2 if stage.light.dark > 0.25 else 0.9)
        for _ in range(int(70 * paper.aspect)):
            x, y = chance.uniform(-stage.half, stage.half), chance.uniform(-0.05, 1)
            long = chance.uniform(0.03, 0.075)
            paper.pale = 0.35
            if paper.look == "pencil" and stage.scene.time != "night":
                paper.stroke([(x, y), (x - long * 0.28, y + long)], 0.55, 0.75)
            else:
                paper.band([(x, y), (x - long * 0.28, y + long)], white, 0.0035)
    elif weather == "snow":
        for _ in range(int(80 * paper.aspect)):
            at = (chance.uniform(-stage.half, stage.half), chance.uniform(0, 1))
            paper.pale = 0.55
            paper.dot(at, chance.uniform(0.004, 0.011), (252, 252, 254), 0.5)
    elif weather == "fog":
        for k in range(4):
            y = stage.camera.horizon + 0.05 + 0.16 * k
            for j in range(3):
                paper.glow(
                    (stage.half * (j - 1) * 0.9 + 0.2 * (k % 2), y),
                    0.42,
                    stage.light.on((232, 234, 236)),
                    0.22,
                )
    elif weather == "wind":
        paper.pale = 0.45
        for _ in range(9):
            x, y = chance.uniform(-stage.half, stage.half), chance.uniform(0.1, 0.9)
            paper.stroke([(x, y), (x + 0.10, y - 0.012), (x + 0.2, y + 0.004)], 0.8, 0.7)
    paper.pale = 0.0
