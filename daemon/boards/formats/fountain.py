"""A screenplay in Fountain: every paragraph of action is a shot of its scene.

Headings become the `scene` of the shots below them, what is spoken the `dialogue` of the shot
before. Ids are the scene's number and the shot's within it, so that a paragraph put in moves no
other scene's shots.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from daemon.boards.formats import characters as cast
from daemon.boards.formats import fountain_lines as lines
from daemon.boards.formats.fountain_lines import Kind, Paragraph
from daemon.errors import JobError
from daemon.jobfile import tree, unseen


@dataclass(slots=True)
class _Shot:
    line: int
    prompt: str
    speech: list[str] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Scene:
    """`heading` "" stands for what comes before the first one."""

    line: int
    heading: str = ""
    number: str = ""
    shots: list[_Shot] = field(default_factory=list)
    waiting: list[Paragraph] = field(default_factory=list)
    """What is spoken before anything is seen."""


def board_of_screenplay(data: bytes, characters: Collection[str] = ()) -> tree.Table:
    """The board in a screenplay. Raises JobError and its kinds."""
    text = tree.unicode_text(data, limit=tree.BOARD_BYTES)
    unseen.refuse_odd_letters(text)
    warnings: list[str] = []
    scenes = _scenes(lines.paragraphs(text))
    empty = [scene for scene in scenes if scene.heading and not scene.shots]
    shots: dict[str, tree.Node] = {}
    at: dict[str, int] = {}
    strangers: dict[str, int] = {}
    for place, scene in enumerate(scenes):
        for number, shot in enumerate(scene.shots, start=1):
            name = _id(scene, place, number)
            if name in shots:
                raise tree.duplicate(name, at[name], shot.line)
            shots[name] = _as_table(scene, shot, characters, strangers)
            at[name] = shot.line
    if not shots:
        raise JobError(
            "The screenplay has no action: nothing says what a picture shall show.",
            line=scenes[0].line if scenes else 1,
            remedy="Write a paragraph of action below a scene's heading.",
        )
    if empty:
        warnings.append(lines.empty_scenes((each.heading, each.line) for each in empty))
    warnings += cast.warnings(strangers)
    first = next(iter(at.values()))
    table = tree.Table(shots, first, at)
    return tree.Table({"shots": table}, first, {"shots": first}, warnings=tuple(warnings))


def is_screenplay(text: str) -> bool:
    """Whether a text, whatever its file is called, has what only screenplays have: headings of
    scenes, and below them people who speak."""
    found = {paragraph.kind for paragraph in lines.paragraphs(text)}
    return {Kind.HEADING, Kind.ACTION, Kind.DIALOGUE} <= found


def _scenes(found: list[Paragraph]) -> list[_Scene]:
    scenes = [_Scene(1)]
    for paragraph in found:
        scene = scenes[-1]
        if paragraph.kind is Kind.HEADING:
            scenes.append(_Scene(paragraph.line, paragraph.text, paragraph.number))
        elif paragraph.kind is Kind.ACTION:
            shot = _Shot(paragraph.line, paragraph.text)
            for spoken in scene.waiting:
                _speak(shot, spoken)
            scene.waiting.clear()
            scene.shots.append(shot)
        elif paragraph.kind is Kind.NOTE and scene.shots:
            scene.shots[-1].notes.append(paragraph.text)
        elif paragraph.kind is Kind.DIALOGUE and scene.shots:
            _speak(scene.shots[-1], paragraph)
        elif paragraph.kind is Kind.DIALOGUE:
            scene.waiting.append(paragraph)
    for scene in scenes:
        _give_words_a_picture(scene)
    return scenes


def _give_words_a_picture(scene: _Scene) -> None:
    """A scene in which people only talk is one shot of its place."""
    if not scene.waiting:
        return
    first = scene.waiting[0]
    shot = _Shot(first.line, lines.place_of(scene.heading) or f"{first.speaker.title()} speaks")
    for spoken in scene.waiting:
        _speak(shot, spoken)
    scene.shots.append(shot)


def _speak(shot: _Shot, spoken: Paragraph) -> None:
    shot.speech.append(f"{spoken.speaker}: {spoken.text}")
    if spoken.speaker not in shot.speakers and not spoken.unseen:
        shot.speakers.append(spoken.speaker)


def _id(scene: _Scene, place: int, number: int) -> str:
    shown = re.sub(r"[^\w-]+", "-", scene.number).strip("-") or str(place)
    return f"{shown}-{10 * number:03d}" if scene.heading else f"{10 * number:03d}"


def _as_table(
    scene: _Scene, shot: _Shot, library: Collection[str], strangers: dict[str, int]
) -> tree.Table:
    said = {
        "prompt": shot.prompt,
        "scene": scene.heading,
        "dialogue": "\n".join(shot.speech),
        "notes": "\n".join(shot.notes),
    }
    items: dict[str, tree.Node] = {
        key: tree.Scalar(text, shot.line, text) for key, text in said.items() if text
    }
    seen = cast.named_in(shot.prompt, library)
    who = cast.known([*shot.speakers, *seen], library, strangers, shot.line)
    if who is not None:
        items["with"] = who
    at = dict.fromkeys(items, shot.line)
    return tree.Table(items, shot.line, at | ({"scene": scene.line} if scene.heading else {}))
