"""ProtobufPrinter: FastWrite and FastRead of messages, module by module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kitexgen.codegen.fastcodec.codec import CodecText
from kitexgen.codegen.fastcodec.module import Stems
from kitexgen.codegen.fastcodec.protobuf_module import ProtobufModule
from kitexgen.codegen.fastcodec.protobuf_read import ProtobufReadPrinter
from kitexgen.codegen.fastcodec.protobuf_write import ProtobufWritePrinter
from kitexgen.codegen.plan.fitting import Bracket, laid_out
from kitexgen.codegen.plan.packages import codec_module
from kitexgen.codegen.plan.records import RecordPlan


class ProtobufPrinter:
    """Prints the codecs of one run. `records` are the messages of all its modules: any may be a field of any other."""

    def __init__(self, records: Iterable[RecordPlan]) -> None:
        self._plans = {record.ref: record for record in records}
        self._stems = Stems(self._plans)

    def text(self, module_path: str, records: Sequence[RecordPlan]) -> CodecText:
        """The codec of `records`, all those of the module with the dotted path `module_path`."""
        module = ProtobufModule(codec_module(module_path), records, self._plans, self._stems)
        writing, reading = ProtobufWritePrinter(module), ProtobufReadPrinter(module)
        rows: list[tuple[str, Bracket]] = []
        for record in records:
            module.add_function(writing.message(record))
            module.add_function(reading.message(record))
            names = [("", module.function(verb, record.ref)) for verb in ("write", "read")]
            rows.append((f"{module.cls(record.ref)}: ", Bracket("(", tuple(names), ")")))
        any_, final = module.any(), module.imports.use("typing", "Final")
        before = f"CODECS: {final}[dict[type[{any_}], tuple[{any_}, {any_}]]] = "
        table = laid_out(Bracket("{", tuple(rows), "}"), before=before)
        text = "\n\n\n".join("\n".join(block) for block in (module.constants, *module.functions, table))
        return CodecText(
            imports="\n".join(module.imports.lines()),
            # Without constants, two blank lines stand between the imports and the first function.
            body=text if module.constants else text[2:],
        )
