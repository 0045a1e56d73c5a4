"""All levels of a job laid over each other, presets before keys, the strongest last.

Keeps with each value the place it came from, so that what is wrong with the whole can still be
said of a line. What the whole means, `assemble` decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.collected import Place
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.level import Level
from daemon.jobfile.presets import SAMPLED_BY, Preset
from daemon.protocol.json_object import JsonObject
from daemon.text.suggest import did_you_mean

_BY_NAME = ("cast", "place")
"""Mappings that a level adds to; of one name its own word counts."""

_SETTINGS = Place("preset", file="hotfolder.yaml")


class Merged:
    """All levels, the strongest last."""

    def __init__(self, base: JobDefaults, levels: Sequence[Level], *, lenient: bool) -> None:
        self._presets = base.presets
        self.max_pictures = base.max_pictures
        self.is_record = lenient
        self.values: JsonObject = {}
        self.places: dict[str, Place] = {}
        self.warnings: list[str] = []
        self.said: frozenset[str] = frozenset()
        self._preset_wears = False
        self.base = find_preset(base.preset, base.presets, _SETTINGS)
        self._apply_preset(self.base)
        for level in levels:
            self._apply(level, lenient)

    def over(self, level: Level) -> Merged:
        """A copy over which `level` is laid too; this one stays as it is."""
        other = Merged.__new__(Merged)
        vars(other).update(vars(self))
        other.values, other.places = dict(self.values), dict(self.places)
        other.warnings = list(self.warnings)
        other._apply(level, lenient=False)
        return other

    def _apply(self, level: Level, lenient: bool) -> None:
        given = {key: value for key, value in level.values.items() if value is not None}
        self.warnings.extend(level.warnings)
        self.places.update(level.places)
        if "preset" in given:
            self._choose(given["preset"], level.place("preset"), lenient)
        self._forget(given)
        for key, value in level.values.items():
            # `steps: null` asks for the preset's; sampler and schedule may be none on purpose.
            if value is None and key in ("steps", "guidance_scale"):
                self.values[key] = getattr(self.base, key)
            elif key in _BY_NAME and value and self.values.get(key):
                self.values[key] = {**self.values[key], **value}
            elif key != "preset":
                self.values[key] = value
        self._note(level.values)

    def _note(self, values: JsonObject) -> None:
        """Which keys somebody wrote. Nothing said of steps asks for the usual number."""
        unsaid = {key for key in ("steps", "guidance_scale") if values.get(key, "") is None}
        self.said = (self.said | (values.keys() & set(SAMPLED_BY))) - unsaid
        self._preset_wears = self._preset_wears and "loras" not in values

    def _choose(self, name: str, place: Place, lenient: bool) -> None:
        try:
            self.base = find_preset(name, self._presets, place)
        except JobError:
            if not lenient:
                raise
            self.warnings.append(f"The preset {name} is gone; the record says all it meant.")
            return
        self.values["preset"] = self.base.name
        self._apply_preset(self.base)

    def _apply_preset(self, preset: Preset) -> None:
        self.values.update(
            steps=preset.steps,
            guidance_scale=preset.guidance_scale,
            sampler=preset.sampler,
            schedule=preset.schedule,
            eta=preset.eta,
            width=None,
            height=None,
        )
        self.said = preset.said
        if preset.loras is not None or self._preset_wears:
            self.values["loras"] = None if preset.loras is None else list(preset.loras)
        self._preset_wears = preset.loras is not None

    def _forget(self, given: JsonObject) -> None:
        """What a weaker level said and this one makes meaningless."""
        sides = [side for side in ("width", "height") if side in given]
        if "aspect" in given:
            self.values.update(width=None, height=None)
        elif len(sides) == 2:
            self.values["aspect"] = None
        elif sides and self.values.get("aspect"):
            self.values.update(width=None, height=None)
        if isinstance(given.get("seed"), list) and "count" not in given:
            self.values["count"] = None
        if "count" in given and "seed" not in given and isinstance(self.values.get("seed"), list):
            self.values["seed"] = None
        for key, other in (("with", "without"), ("without", "with")):
            if key in given and other not in given and self.values.get(other):
                named = set(given[key])
                self.values[other] = [name for name in self.values[other] if name not in named]
        for picture in ("image", "mask"):  # another picture has another content
            if picture in given:
                self.values[f"{picture}_sha256"] = None

    def place(self, key: str) -> Place:
        return self.places.get(key, Place(key))


def find_preset(name: str, presets: Mapping[str, Preset], place: Place) -> Preset:
    """The preset of that name. Raises JobError, at `place`, if there is none."""
    if name in presets:
        return presets[name]
    raise JobError(
        f"There is no preset named {tree.shown(name)}.",
        line=place.line,
        key=place.key,
        file=place.file,
        why=did_you_mean(name, presets),
        remedy=f"There are {', '.join(presets)}.",
    )
