"""Whether a handwritten method still takes and gives what the IDL says."""

from __future__ import annotations

import ast

Function = ast.FunctionDef | ast.AsyncFunctionDef


def disagreement(written: Function, wanted: Function) -> str | None:
    """In a few words how `written` differs from `wanted`, None when it fits.

    Parameters are given by position, so their names are free. Annotations are compared where both have one, by their
    last names: `user.User` is `User`. A parameter more with a default, `*args` and `**kwargs` fit anything; `async` or
    not is the author's choice.
    """
    theirs, ours = _parameters(written), _parameters(wanted)
    if len(theirs) < len(ours) and not written.args.vararg:
        return f"the IDL has a parameter `{ours[len(theirs)].arg}`"
    for parameter, expected in zip(theirs, ours, strict=False):
        if _differ(parameter.annotation, expected.annotation):
            return f"the IDL gives `{parameter.arg}` the type `{_shown(expected.annotation)}`"
    for parameter in _without_default(written, theirs[len(ours) :]):
        return f"the IDL has no parameter `{parameter.arg}`"
    if _differ(written.returns, wanted.returns):
        return f"the IDL gives the result the type `{_shown(wanted.returns)}`"
    return None


def _parameters(function: Function) -> list[ast.arg]:
    """Those given by position, without the first one, `self`."""
    return [*function.args.posonlyargs, *function.args.args][1:]


def _without_default(function: Function, positional: list[ast.arg]) -> list[ast.arg]:
    """Of the last `positional` parameters, and of those given by name, the ones that must be given."""
    required = len(positional) - len(function.args.defaults)
    by_name = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return positional[: max(required, 0)] + [parameter for parameter, default in by_name if default is None]


def _differ(written: ast.expr | None, wanted: ast.expr | None) -> bool:
    return written is not None and wanted is not None and _spelled(written) != _spelled(wanted)


def _shown(annotation: ast.expr | None) -> str:
    return "" if annotation is None else ast.unparse(annotation)


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
