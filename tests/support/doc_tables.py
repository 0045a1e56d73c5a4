"""The tables of the docs that the code can write: `make docs` writes them anew.

A table stands between `<!-- NAME -->` and `<!-- /NAME -->`. `rules/test_docs.py` holds each against what
is written here, and so does job.schema.json, for the examples and in the package.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from support.places import HOME

from daemon.boards.schema import file_schema
from daemon.jobfile.aliases import ALIASES, COMPOUND
from daemon.jobfile.field_docs import field_docs
from daemon.jobfile.own_presets import FinalForm
from daemon.jobfile.presets import PRESETS
from daemon.jobfile.schema import (
    CharacterForm,
    ControlForm,
    HiresForm,
    JobForm,
    LoraForm,
    ReferenceForm,
)
from daemon.protocol.samplers import SAMPLERS, SCHEDULES, Sampler
from daemon.settings import FIELDS, Settings, settings_form

DAEMON = HOME / "daemon"
SKETCH = DAEMON / "sketch"
SCHEMAS = [HOME / folder / "job.schema.json" for folder in ("examples", "daemon/boards")]


def settings() -> str:
    return _table(
        ("key", "default", "meaning"),
        ((f"`{key}`", default, meaning) for key, default, meaning in settings_table()),
    )


def settings_table() -> list[tuple[str, str, str]]:
    """(key, default as one would write it, meaning) of every setting."""
    defaults, meanings = settings_form()(), field_docs(Settings)
    return [(key, _written(getattr(defaults, key)), meanings[key]) for key in FIELDS]


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, FinalForm):
        said = value.model_dump(exclude_none=True).items()
        return "{" + ", ".join(f"{key}: {_written(each)}" for key, each in said) + "}"
    return str(value)


def presets() -> str:
    return _table(
        ("preset", "size", "steps", "CFG"),
        ((p.name, f"{p.width}x{p.height}", p.steps, p.guidance_scale) for p in PRESETS.values()),
    )


def job_keys() -> str:
    return _table(
        ("key", "meaning", "also called"),
        (
            (f"`{key}`", meaning, _code(a for a, name in ALIASES.items() if name == key))
            for key, _, meaning in _fields(JobForm)
        ),
    )


def item_keys() -> str:
    forms = {
        "references": ReferenceForm,
        "controls": ControlForm,
        "loras": LoraForm,
        "hires": HiresForm,
        "cast": CharacterForm,
    }
    return _table(
        ("of", "key", "default", "meaning"),
        (
            (f"`{of}`", f"`{key}`", _default(field), meaning)
            for of, form in forms.items()
            for key, field, meaning in _fields(form)
        ),
    )


def _fields(form: type[BaseModel]) -> Iterable[tuple[str, FieldInfo, str]]:
    """The keys of a form as they are written, each with its meaning."""
    meanings = field_docs(form)
    return ((i.alias or key, i, meanings[key]) for key, i in form.model_fields.items())


def other_keys() -> str:
    return _table(("key", "meaning"), ((f"`{key}`", text) for key, text in COMPOUND.items()))


def samplers() -> str:
    return _table(
        ("`sampler`", "A1111's name", "diffusers' class", "what it can't"),
        ((f"`{s.name}`", s.label, f"`{s.scheduler}`", _limits(s)) for s in SAMPLERS),
    ) + ("\n\n`schedule`: " + ", ".join(f"`{s.name}`" for s in SCHEDULES) + ".")


def _limits(row: Sampler) -> str:
    """What a sampler can't be asked for."""
    spread = _code(each.name for each in SCHEDULES if each.spacing)
    listed = _code(each.name for each in SCHEDULES if each.timesteps)
    said = [
        "" if row.spreads else spread,
        f"more than {row.most_steps} steps, unless its schedule is {listed}"
        if row.most_steps
        else "",
        "" if row.from_noise else "models that begin at noise alone (zero terminal SNR)",
    ]
    return "; ".join(filter(None, said))


def tree() -> str:
    """Every package and module of the daemon with the first sentence it says of itself."""
    packages = sorted(file.parent for file in DAEMON.rglob("__init__.py"))
    own = (package for package in packages if SKETCH not in (package, *package.parents))
    return "\n\n".join(map(_branch, own))


def sketch_tree() -> str:
    """The same of the bundled model's training, which is no room of the daemon."""
    return "\n\n".join(_branch(file.parent) for file in sorted(SKETCH.rglob("__init__.py")))


def _branch(package: Path) -> str:
    files = sorted(file for file in package.glob("*.py") if not file.name.startswith("_"))
    head = f"**{package.relative_to(HOME)}/** {_caption(package / '__init__.py')}"
    return "\n".join([head, "", *(f"- `{file.name}` {_caption(file)}" for file in files)]).strip()


def _caption(file: Path) -> str:
    said = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return " ".join(said.partition("\n\n")[0].split())


TABLES = {
    "settings": ("docs/settings.md", settings),
    "presets": ("docs/job-files.md", presets),
    "job keys": ("docs/job-files.md", job_keys),
    "item keys": ("docs/job-files.md", item_keys),
    "other keys": ("docs/job-files.md", other_keys),
    "samplers": ("docs/job-files.md", samplers),
    "tree": ("docs/architecture.md", tree),
    "sketch tree": ("daemon/sketch/README.md", sketch_tree),
}
"""Name of a table (the tree is one too): the page it stands in, and what writes it."""


def _default(field: object) -> str:
    default = getattr(field, "default", None)
    required = getattr(field, "is_required", lambda: False)()
    return "needed" if required else "" if default is None else str(default)


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _table(head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> str:
    lines = [_row(head), "|" + "---|" * len(head), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    return (
        "| "
        + " | ".join(re.sub(r"\s+", " ", str(cell)).replace("|", "\\|") for cell in cells)
        + " |"
    )


# --- in their pages -------------------------------------------------------------------------------


def written(name: str) -> str:
    """The table as it stands in its page."""
    page, _ = TABLES[name]
    _, _, rest = (HOME / page).read_text("utf-8").partition(f"<!-- {name} -->\n")
    table, end, _ = rest.partition(f"\n<!-- /{name} -->")
    assert end, f"{page} has no table between <!-- {name} --> and <!-- /{name} -->"
    return table


def write() -> None:
    """Put every table into its page, and the schema where it is kept."""
    for name, (page, make) in TABLES.items():
        path, begin, end = HOME / page, f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        old, new = begin + written(name) + end, begin + make() + end
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    for file in SCHEMAS:
        file.write_text(json.dumps(file_schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    write()
