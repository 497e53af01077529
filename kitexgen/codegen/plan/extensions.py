"""Extensions of a module, as the constants that are printed of them."""

from __future__ import annotations

from kitexgen.codegen.plan.annotations import annotation_rows
from kitexgen.codegen.plan.docstrings import comment
from kitexgen.codegen.plan.fitting import Bracket, Expression, fits, flat, laid_out
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
    typed = Bracket(f"{info}[", (("", extendee), ("", type_hint(scope, field.type, wire))), "]")
    final = scope.imports.use("typing", "Final")
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
    before = f"{name}: {final}[{flat(typed)}] = "
    lines = laid_out(call, before=before)
    if not fits(lines[:1]):
        # Black puts the call in parentheses if these begin in the first line, else it takes the hint apart.
        if fits([f"{before}("]):
            lines = [f"{before}(", *laid_out(call, indent=4), ")"]
        else:
            lines = [f"{name}: {final}[", *laid_out(typed, indent=4), *laid_out(call, before="] = ")]
    return [*comment(field.doc, annotations=notes(field)), *settled(lines)]
