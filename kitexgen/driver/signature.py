"""Whether a handwritten method still takes and gives what the IDL says."""

from __future__ import annotations

import ast

Function = ast.FunctionDef | ast.AsyncFunctionDef


def disagreement(written: Function, wanted: Function) -> str | None:
    """In a few words how `written` differs from `wanted`, None when it fits.

    Compared are the parameters by name, and annotations where both have one, by their last names: `user.User` is
    `User`. A parameter more with a default, `*args` and `**kwargs` fit anything, `async` or not is the author's choice.
    """
    if written.args.vararg or written.args.kwarg:
        return None
    theirs, ours = _parameters(written), _parameters(wanted)
    for name in ours:
        if name not in theirs:
            return f"the IDL has a parameter `{name}`"
    for name, parameter in theirs.items():
        if name not in ours:
            if name in _defaulted(written):
                continue
            return f"the IDL has no parameter `{name}`"
        expected = ours[name].annotation
        if parameter.annotation and expected and _spelled(parameter.annotation) != _spelled(expected):
            return f"the IDL gives `{name}` the type `{ast.unparse(expected)}`"
    if list(ours) != [name for name in theirs if name in ours]:
        return f"the IDL orders the parameters {', '.join(f'`{name}`' for name in ours)}"
    if written.returns and wanted.returns and _spelled(written.returns) != _spelled(wanted.returns):
        return f"the IDL gives the result the type `{ast.unparse(wanted.returns)}`"
    return None


def _parameters(function: Function) -> dict[str, ast.arg]:
    """Without the first one, `self`."""
    given = [*function.args.posonlyargs, *function.args.args][1:]
    return {argument.arg: argument for argument in [*given, *function.args.kwonlyargs]}


def _defaulted(function: Function) -> set[str]:
    positional = [*function.args.posonlyargs, *function.args.args]
    defaulted = positional[len(positional) - len(function.args.defaults) :]
    by_keyword = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return {argument.arg for argument in defaulted} | {arg.arg for arg, default in by_keyword if default is not None}


def _spelled(annotation: ast.expr) -> str:
    """The annotation in one spelling: without modules, `Optional` and `Awaitable` opened, strings read."""
    return ast.unparse(_Plain().visit(ast.parse(ast.unparse(annotation), mode="eval").body))


class _Plain(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return ast.Name(id=node.attr)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str):
            return node
        try:
            return self._read(ast.parse(node.value, mode="eval").body)
        except SyntaxError:
            return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        value, inner = self._read(node.value), self._read(node.slice)
        match value:
            case ast.Name(id="Optional"):
                return ast.BinOp(left=inner, op=ast.BitOr(), right=ast.Constant(value=None))
            case ast.Name(id="Awaitable"):
                return inner
            case ast.Name(id="Coroutine") if isinstance(inner, ast.Tuple) and len(inner.elts) == 3:
                return inner.elts[2]
        return ast.Subscript(value=value, slice=inner)

    def _read(self, node: ast.expr) -> ast.expr:
        plain = self.visit(node)
        assert isinstance(plain, ast.expr)
        return plain
