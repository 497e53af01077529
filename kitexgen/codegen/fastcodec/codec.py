"""CodecPrinter: FastWrite and FastRead of records, module by module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kitexgen.codegen.fastcodec.containers import Containers
from kitexgen.codegen.fastcodec.module import CodecModule, Stems
from kitexgen.codegen.fastcodec.read import ReadPrinter
from kitexgen.codegen.fastcodec.write import WritePrinter
from kitexgen.codegen.plan.fitting import Bracket, laid_out
from kitexgen.codegen.plan.packages import codec_module
from kitexgen.codegen.plan.records import RecordPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class CodecText:
    """The two parts of a codec module that depend on its records, as black leaves them."""

    imports: str
    body: str


class CodecPrinter:
    """Prints the codecs of one run. `records` are those of all its modules: any may be a field of any other."""

    def __init__(self, records: Iterable[RecordPlan]) -> None:
        self._plans = {record.ref: record for record in records}
        self._stems = Stems(self._plans)

    def text(self, module_path: str, records: Sequence[RecordPlan]) -> CodecText:
        """The codec of `records`, all those of the module with the dotted path `module_path`."""
        module = CodecModule(codec_module(module_path), records, self._plans, self._stems)
        containers = Containers(module)
        writing, reading = WritePrinter(module, containers), ReadPrinter(module, containers)
        rows: list[tuple[str, Bracket]] = []
        for record in records:
            layout = module.layout(record.ref)
            module.add_function(writing.record(layout))
            for function in reading.record(layout):
                module.add_function(function)
            names = [("", module.function(verb, record.ref)) for verb in ("write", "read")]
            rows.append((f"{module.cls(record.ref)}: ", Bracket("(", tuple(names), ")")))
        blocks = [module.constants, *module.functions, _table(module, rows)]
        text = "\n\n\n".join("\n".join(block) for block in blocks)
        return CodecText(
            imports="\n".join(module.imports.lines()),
            # Without constants, two blank lines stand between the imports and the first function.
            body=text if module.constants else text[2:],
        )


def _table(module: CodecModule, rows: Sequence[tuple[str, Bracket]]) -> list[str]:
    """The one name by which the runtime knows the module."""
    any_, final = module.imports.use("typing", "Any"), module.imports.use("typing", "Final")
    before = f"CODECS: {final}[dict[type[{any_}], tuple[{any_}, {any_}]]] = "
    return laid_out(Bracket("{", tuple(rows), "}"), before=before)
