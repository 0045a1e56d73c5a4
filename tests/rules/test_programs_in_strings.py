"""Programs that we keep as texts (for processes of their own) import what is there: nothing else looks
at them when a module moves."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("daemon", "tests", "examples")
    for path in (ROOT / folder).rglob("*.py")
)


def programs(path: Path) -> Iterator[ast.Module]:
    """Every text in the file that is a program with an import of ours."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            continue
        if "import" in node.value and "daemon" in node.value:
            try:
                yield ast.parse(node.value)
            except (SyntaxError, ValueError):
                continue  # prose, or a program with holes to be filled


def missing(program: ast.Module) -> Iterator[str]:
    for node in ast.walk(program):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "daemon" and not there(name))


def there(name: str) -> bool:
    """Whether `name` is a module of ours, or what a module of ours defines or imports."""
    path = ROOT.joinpath(*name.split("."))
    if path.with_suffix(".py").is_file() or (path / "__init__.py").is_file():
        return True
    module, _, attribute = name.rpartition(".")
    spec = importlib.util.find_spec(module) if there(module) else None
    if spec is None or spec.origin is None:
        return False
    defined = {
        bound
        for node in ast.walk(ast.parse(Path(spec.origin).read_text()))
        for bound in bindings(node)
    }
    return bool({attribute, "*"} & defined)


def bindings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).split(".")[0]


def test_a_program_kept_as_a_text_imports_what_is_there() -> None:
    kept = {path: list(programs(path)) for path in FILES}

    assert sum(map(bool, kept.values())) > 10
    found = {
        str(path): [name for program in texts for name in missing(program)]
        for path, texts in kept.items()
    }
    assert {path: names for path, names in found.items() if names} == {}
