"""`hotfolder models`: list the models of this machine, fetch one, verify their files."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.cli.printing import ask, say
from daemon.errors import ExitCode, SetupError, UsageError
from daemon.root.layout import Layout, find_root
from daemon.text.counted import counted

if TYPE_CHECKING:
    from daemon.models.catalogue import Card
    from daemon.models.pull.extras import Extra
    from daemon.settings import Settings


def models(arguments: argparse.Namespace) -> int:
    """List the models of this machine, fetch one, or verify the files of one (or all)."""
    from daemon.settings import read_settings

    layout = Layout(find_root(arguments.root))
    settings = read_settings(layout.settings_file)
    shelves = [layout.root / place for place in settings.models]
    if arguments.action == "list":
        return _list(settings, shelves)
    if arguments.action == "check":
        return _check(arguments.name, shelves)
    if not arguments.name:
        raise UsageError(
            "Say what to pull: `hotfolder models pull sdxl`, a LoRA for few steps by its name "
            "(`hotfolder models` lists them), or OWNER/NAME."
        )
    return _pull(arguments, layout, settings)


def _list(settings: Settings, shelves: list[Path]) -> int:
    from daemon.models.catalogue import models_folder, strays, survey
    from daemon.models.pull.few_step_loras import KNOWN_LORAS

    found, shared = survey(shelves), _shared_troubles(shelves)
    default = _default(settings.model, shelves)
    for name, card in found.items():
        if isinstance(card, SetupError):
            say(f"! {name:20} can't be used", f"    {card}")
        else:
            is_default = default == (card.folder, card.weights)
            say(*_described(card, shared, is_default=is_default))
    for told in (*shared, *_control_troubles(shelves), *strays(shelves)):
        say(f"! {told}")
    say("")
    if "sdxl" not in found:
        say("hotfolder models pull sdxl     fetches the real SDXL, about 12 GB")
    lacking = [name for name in KNOWN_LORAS if not any(_wears(c, name) for c in found.values())]
    if lacking:
        say(f"LoRAs of SDXL for few steps, by `hotfolder models pull`: {', '.join(lacking)}")
    for name, extra in _extras_lacking():
        say(f"hotfolder models pull {name:12} {extra.about}; {extra.licence}")
    if default is None:
        say(f"The default, {settings.model}, is not among them (`model:` in hotfolder.yaml).")
    say(f"* is the default (`model:` in hotfolder.yaml). Your own go to {models_folder()}")
    return ExitCode.OK


def _wears(card: Card | SetupError, name: str) -> bool:
    return not isinstance(card, SetupError) and name in card.loras


def _shared_troubles(shelves: list[Path]) -> list[str]:
    """What of the adapters that all models share can't be used with any."""
    from daemon.models.adapters import fit
    from daemon.models.catalogue import shared_adapters

    return [str(one) for one in fit(shared_adapters(shelves), None).unusable]


def _control_troubles(shelves: list[Path]) -> list[str]:
    """What of the control models that all models share can't be used with any."""
    from daemon.models.catalogue import shared_controls

    return [str(one) for shelf in shared_controls(shelves) for one in shelf.unusable]


def _extras_lacking() -> list[tuple[str, Extra]]:
    """What can be pulled by name, and is not here."""
    from daemon.models.catalogue import models_folder
    from daemon.models.pull.extras import EXTRAS

    home = models_folder()
    return [(name, one) for name, one in EXTRAS.items() if not (home / one.folder).exists()]


def _default(name: str, shelves: list[Path]) -> tuple[Path, Path] | None:
    from daemon.models.catalogue import find_model

    try:
        card = find_model(name, shelves)
    except SetupError:
        return None
    return card.folder, card.weights


def _described(card: Card, shared: Sequence[str], *, is_default: bool) -> list[str]:
    """What a model is, does and needs, in a few lines; or why it can't be used."""
    from daemon.models.unfit import unfit, why_no_lora

    about = card.about or "an SDXL model"
    sizes = f"made for {card.native_size} px, sides {card.min_size} to {card.max_size}"
    if told := unfit(card.weights):
        return [f"! {card.name:20} can't be used", *(f"    {why}" for why in told)]
    lines = [f"{'*' if is_default else ' '} {card.name:20} {about}", f"    {sizes}"]
    if card.vocabulary:
        lines.append(f"    knows {counted(len(card.vocabulary), 'word')}: {_some(card.vocabulary)}")
    lines.append(f"    IP-Adapters: {', '.join(sorted(card.adapters)) or 'none'}")
    lines += [
        f"    can't be used: {one}"
        for one in card.unusable
        if card.folder in one.file.parents or not (card.adapters or str(one) in shared)
    ]
    if card.loras:
        lines.append(f"    LoRAs: {', '.join(sorted(card.loras))}")
        worn = ((name, why_no_lora(file)) for name, file in sorted(card.loras.items()))
        lines += [f"    ! the LoRA {name} can't be used: {why}" for name, why in worn if why]
    lines += _of_recipes(card)
    if card.controls.models:
        lines.append(f"    control models: {_controls(card)}")
    if card.licence:
        lines.append(f"    licence: {card.licence}")
    return [*lines, f"    {card.folder}"]


def _of_recipes(card: Card) -> Iterator[str]:
    """What recipes say of the model and its LoRAs; what is wrong with one."""
    from daemon.models.recipes import recipe_of

    of = [(name, file, False) for name, file in sorted(card.loras.items())]
    of += [(name, one.place, True) for name, one in sorted(card.controls.models.items())]
    for name, file, controls in (("the model", card.weights, False), *of):
        try:
            recipe = recipe_of(file, controls=controls)
        except SetupError as error:
            yield f"    ! {error}"
            continue
        if recipe is not None:
            said = [f"{key} {value}" for key, value in recipe.values.items()]
            said += [f"{key} {value:g}" for key, value in recipe.closeness.items() if controls]
            said += [text for text in (recipe.about, recipe.licence) if text]
            yield f"      {name}: {', '.join(said) or 'a recipe'}"


def _controls(card: Card) -> str:
    return ", ".join(
        f"{name} ({', '.join(one.kinds) or 'for no kind, by `model` alone'})"
        for name, one in card.controls.models.items()
    )


def _some(words: Sequence[str], most: int = 12) -> str:
    """A few of them, from beginning to end; short ones say little."""
    telling = [word for word in words if len(word) > 3]
    step = max(1, len(telling) // most)
    return ", ".join(telling[::step][:most]) + " …"


def _check(name: str | None, shelves: list[Path]) -> int:
    from daemon.models.catalogue import find_model, survey
    from daemon.models.hashes import verify
    from daemon.models.unfit import unfit

    found: dict[str, Card | SetupError] = (
        {name: find_model(name, shelves)} if name else survey(shelves)
    )
    worst: int = ExitCode.OK
    for known, card in found.items():
        if isinstance(card, SetupError):
            findings = [str(card)]
        else:
            findings = [*unfit(card.weights), *verify(card)]
        worst = ExitCode.FAILED if findings else worst
        shown = known if isinstance(card, SetupError) else card.name
        say(f"{shown}: {'good' if not findings else ''}".rstrip())
        for finding in findings:
            say(f"  {finding}")
    return worst if name else max(worst, _check_shared(shelves))


def _check_shared(shelves: list[Path]) -> int:
    """The IP-Adapters that lie beside all models, where there are any."""
    from daemon.models.adapters import PLACES
    from daemon.models.card_file import CARD_NAME, read_facts
    from daemon.models.catalogue import models_folder
    from daemon.models.hashes import verify_shared

    worst: int = ExitCode.OK
    for shelf in (*shelves, models_folder()):
        worst = max(worst, _check_extras(shelf))
        home = shelf / PLACES[0]
        if not home.is_dir():
            continue
        findings = verify_shared(shelf, read_facts(home / CARD_NAME).hashes)
        worst = ExitCode.FAILED if findings else worst
        say(f"{home}: {'good' if not findings else ''}".rstrip(), *(f"  {f}" for f in findings))
    return worst


def _check_extras(shelf: Path) -> int:
    """What was pulled by name beside the models of this folder."""
    from daemon.models.card_file import CARD_NAME, read_facts
    from daemon.models.hashes import differing
    from daemon.models.pull.extras import EXTRAS

    worst: int = ExitCode.OK
    for extra in EXTRAS.values():
        home = shelf / extra.folder
        if not (home / CARD_NAME).is_file():
            continue
        findings = differing(home, read_facts(home / CARD_NAME).hashes)
        worst = ExitCode.FAILED if findings else worst
        say(f"{home}: {'good' if not findings else ''}".rstrip(), *(f"  {f}" for f in findings))
    return worst


def _pull(arguments: argparse.Namespace, layout: Layout, settings: Settings) -> int:
    from daemon.models.catalogue import models_folder
    from daemon.models.pull.extras import EXTRAS
    from daemon.models.pull.few_step_loras import KNOWN_LORAS
    from daemon.models.pull.progress_bars import bars
    from daemon.models.pull.pull import pull
    from daemon.models.recipes import recipe_of

    folder = models_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The models folder {folder} can't be made: {error.strerror}.",
            remedy="Point HOTFOLDER_MODELS at a folder of yours.",
        ) from error
    with bars() as progress:
        home = pull(arguments.name, folder=folder, progress=progress)
    if (known := KNOWN_LORAS.get(arguments.name)) is not None:
        told = recipe_of(home)
        licence = told.licence if told else known.licence
        say(f"{arguments.name} is here: {home}", f"{known.about}; licence: {licence}")
        say(f"To wear it: `loras: {arguments.name}` in a job file; its recipe lies beside it")
        return ExitCode.OK
    say(f"{home.name} is here: {home}")
    if arguments.name in EXTRAS or settings.model == home.name:
        return ExitCode.OK
    if arguments.yes or _agrees(f"Make {home.name} the default model of {layout.root}? [y/N] "):
        make_default(layout.settings_file, home.name)
        say(f"model: {home.name} is now in {layout.settings_file}; restart the daemon")
    else:
        say(f"To use it: `model: {home.name}` in a job file, or in {layout.settings_file}")
    return ExitCode.OK


def _agrees(question: str) -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and ask(question) in ("y", "yes")


def make_default(settings_file: Path, name: str) -> None:
    """Set `model:` in hotfolder.yaml, touching no other line of it."""
    from daemon.fs import atomic
    from daemon.fs.read import read_file

    text = read_file(settings_file).decode("utf-8") if settings_file.exists() else ""
    line = f"model: {json.dumps(name)}"
    changed, found = re.subn(r"(?m)^model[ \t]*:.*$", lambda _: line, text, count=1)
    if not found:
        changed = f"{text.rstrip()}\n{line}\n".lstrip()
    settings_file.parent.mkdir(parents=True, exist_ok=True)
    atomic.replace(settings_file, changed.encode("utf-8"))
