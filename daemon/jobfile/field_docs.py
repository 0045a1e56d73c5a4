"""What the fields of a form mean: the text under each, as its source has it.

Only the schema and the tables of the docs ask; no start of a daemon pays for the reading.
"""

from __future__ import annotations

import ast
import inspect


def field_docs(form: type) -> dict[str, str]:
    """Meaning by name of field, also of those that `form` inherits from forms of ours."""
    found: dict[str, str] = {}
    for cls in reversed(form.__mro__):
        if cls.__module__.startswith("daemon."):
            (read,) = ast.parse(inspect.getsource(cls)).body
            assert isinstance(read, ast.ClassDef)
            found |= _of(read)
    return found


def _of(form: ast.ClassDef) -> dict[str, str]:
    found = {}
    for field, below in zip(form.body, form.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = inspect.cleandoc(text)
    return found
