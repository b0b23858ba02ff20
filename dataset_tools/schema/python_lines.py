"""Lines of a schema in Python: where a name, an argument, a check or an exception comes from."""

import ast
import inspect
import traceback
import warnings
from collections.abc import Iterable
from functools import partial
from typing import Any, Self

from dataset_tools.model import UserError
from dataset_tools.schema.model import SchemaSource
from dataset_tools.schema.run import reason
from dataset_tools.text import printable


class Lines:
    """A part of the file of a schema: all of it, or the statement or argument that a name stands for."""

    def __init__(self, source: SchemaSource, part: ast.AST | None = None) -> None:
        """Parse the file, or take a part of it.

        Raises:
            UserError: with the line, if it is not Python.
        """
        self.source = source
        self.file_name = str(source.path)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # they are shown when the file is executed
                self.tree = ast.parse(source.data, self.file_name) if part is None else part
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            raise self.error(
                line, f"not Python: {getattr(error, 'msg', None) or reason(error)}", "correct the line"
            ) from None
        self.first: int = getattr(self.tree, "lineno", 1)

    def place(self, line: int) -> str:
        """The file and the line."""
        return f"{self.source.where}:{line}"

    def error(self, line: int, message: str, hint: str) -> UserError:
        """The error that refuses the file because of a line."""
        return UserError(f"{self.place(line)}: {printable(message)}", printable(hint))

    def of(self, name: str) -> int:
        """The line on which a name or argument first stands in this part; of the part itself, if nowhere."""
        return self.within(name).first

    def within(self, name: str) -> Self:
        """The part that a name or argument stands for; this part, if it has none of that name."""
        return self._first(node for node in ast.walk(self.tree) if _is_named(node, name))

    def column(self, name: str) -> Self:
        """The part that says what a column is; this part, if that is not said in it."""
        return self._first(part for node in ast.walk(self.tree) if (part := _column(node, name)) is not None)

    def _first(self, parts: Iterable[ast.AST]) -> Self:
        return next((type(self)(self.source, part) for part in parts), self)


def _is_named(node: ast.AST, name: str) -> bool:
    match node:
        case (
            ast.keyword(arg=own)
            | ast.ClassDef(name=own)
            | ast.FunctionDef(name=own)
            | ast.Assign(targets=[ast.Name(id=own)])
            | ast.AnnAssign(target=ast.Name(id=own))
            | ast.Call(func=ast.Attribute(attr=own))
        ):
            return own == name
    return False


def _column(node: ast.AST, name: str) -> ast.AST | None:
    """What a node says of a column: the value of a key, or the statement of an attribute."""
    match node:
        case ast.Dict(keys=keys, values=values):
            entries = zip(keys, values, strict=True)
            return next((value for key, value in entries if isinstance(key, ast.Constant) and key.value == name), None)
        case ast.AnnAssign(target=ast.Name(id=own)) if own == name:
            return node
    return None


def line_of_exception(error: BaseException, file_name: str) -> int:
    """The last line of a file that an exception passed through."""
    if isinstance(error, SyntaxError) and error.filename == file_name:
        return error.lineno or 1
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file_name]
    return next((line for line in reversed(lines) if line), 1)


def line_of_check(check: Any, file_name: str) -> int | None:  # noqa: ANN401  pandera is not typed
    """The line of the function of a check, below all that pandera wraps around it; None if it is not in the file."""
    seen: set[int] = set()
    waiting = [check._check_fn] if hasattr(check, "_check_fn") else []
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        code = getattr(one, "__code__", None)
        if code is not None and code.co_filename == file_name:
            return int(code.co_firstlineno)
        if isinstance(one, partial):
            waiting.append(one.func)
        waiting += [vars(one)[name] for name in ("__wrapped__", "check_fn") if name in getattr(one, "__dict__", {})]
        waiting += inspect.getclosurevars(one).nonlocals.values() if inspect.isfunction(one) else ()
    return None
