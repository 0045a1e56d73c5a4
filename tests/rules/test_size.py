"""No file and no function of the core, and no file of tests, is longer than can be read in one go."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from support.places import PACKAGE, TESTS

FILE, FUNCTION, OF_TESTS = 280, 40, 300
"""Lines at most."""

ELSEWHERE = ("sketch",)
"""The bundled model's training, which has a README of its own."""

CORE = {
    file.relative_to(PACKAGE).as_posix(): file
    for file in sorted(PACKAGE.rglob("*.py"))
    if file.relative_to(PACKAGE).parts[0] not in ELSEWHERE
}


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Every function in a file, wherever in it, with its lines from `def` to its end."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def test_no_file_of_the_core_is_too_long() -> None:
    lines = {name: len(file.read_text("utf-8").splitlines()) for name, file in CORE.items()}

    assert {name: count for name, count in lines.items() if count > FILE} == {}


def test_no_file_of_tests_is_too_long() -> None:
    """What several files of tests need lies in `tests/support`, their fixtures in a `conftest.py`."""
    files = [*TESTS.rglob("test_*.py"), *TESTS.rglob("conftest.py")]
    lines = {str(file): len(file.read_text("utf-8").splitlines()) for file in files}

    assert {name: n for name, n in lines.items() if n > OF_TESTS} == {}


def test_no_function_of_the_core_is_too_long() -> None:
    found = {
        f"{name}: {function}": count
        for name, file in CORE.items()
        for function, count in functions(file)
    }

    assert {name: n for name, n in found.items() if n > FUNCTION} == {}
