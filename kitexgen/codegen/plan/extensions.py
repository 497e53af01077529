"""Extensions of a module, as the constants that are printed of them."""

from __future__ import annotations

from kitexgen.codegen.plan.annotations import annotation_rows
from kitexgen.codegen.plan.docstrings import comment
from kitexgen.codegen.plan.fitting import Bracket, Expression, laid_out
from kitexgen.codegen.plan.flavours import MODEL
from kitexgen.codegen.plan.literals import Literals, string_literal
from kitexgen.codegen.plan.notes import notes
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.settling import settled
from kitexgen.codegen.plan.sources import source
from kitexgen.codegen.plan.type_hints import schema_type, type_hint
from kitexgen.schema.declarations import Extension


def extension_lines(scope: Scope, extension: Extension) -> list[str]:
    """`http: Final[ExtensionInfo[MethodOptions, HttpRule]] = ExtensionInfo(...)`, the doc comment above it."""
    field = extension.field
    wire = scope.field_type(field)
    info = scope.imports.use(MODEL, "ExtensionInfo")
    extendee = scope.local(scope.symbols.ref(extension.extendee))
    hint = f"{scope.imports.use('typing', 'Final')}[{info}[{extendee}, {type_hint(scope, field.type, wire)}]]"
    items: list[tuple[str, Expression]] = [
        ("name=", string_literal(scope.schema.full_name(extension.id))),
        ("number=", str(field.id)),
        ("extendee=", extendee),
        ("requirement=", f'"{field.requirement.value}"'),
        ("type=", schema_type(scope, wire)),
        ("module=", "__name__"),
    ]
    if field.default is not None:
        items.append(("default=", Literals(scope).plain(field.default, wire)))
    if notes(field):
        items.append(("annotations=", annotation_rows(notes(field))))
    items.append(("source=", string_literal(source(scope.schema, extension.id.module, field.span))))
    call = Bracket(f"{info}(", tuple(items), ")")
    name = scope.symbols.ref(extension.id).name
    return [*comment(field.doc, annotations=notes(field)), *settled(laid_out(call, before=f"{name}: {hint} = "))]
