"""A layer's memory explained: the bytes of its parameters, of its output, and of what it keeps for its gradient."""

from __future__ import annotations

from typing import Final

from cnncalc.analysis import Analysis
from cnncalc.conventions.kept import entries, hands_on, is_view
from cnncalc.explain.explanation import Given, Line, Part, Section
from cnncalc.explain.lines import given, line
from cnncalc.formula import Symbol, formula
from cnncalc.memory.figures import LayerMemory
from cnncalc.memory.footprint import BYTES, PARAMETERS, TENSOR, Setting

_MEANINGS: Final = {
    "params": "parameters",
    "bytes": "bytes of a number in {dtype}",
    "batch": "samples in a batch",
    "instances": "regions for each image",
    "y": "the sizes of the output",
}


def memory_section(analysis: Analysis, index: int, row: LayerMemory, setting: Setting) -> Section:
    """The section of a node whose memory was calculated."""
    made, node = analysis.figures[index], analysis.expansion.nodes[index]
    layer = analysis.layers[index]
    size = BYTES[setting.dtype]
    parameters, params_given = _line("parameters", PARAMETERS, {"params": made.params.value, "bytes": size}, setting)
    remarks = []
    if node.owner is not None and made.weights:
        remarks.append(f"the weights are those of {analysis.expansion.nodes[node.owner].name}: they take no more bytes")
    lines = [parameters] if made.weights and node.owner is None else []
    explained = list(params_given) if lines else []
    if hands_on(layer):
        what = "only looks at its input in another way" if is_view(layer) else "does nothing at inference"
        remarks.append(f"it {what}: no new tensor")
    else:
        output = made.output
        found: dict[str, Symbol] = {
            "batch": setting.batch,
            "instances": output.instances,
            "y": output.shape,
            "bytes": size,
        }
        tensor, tensor_given = _line("output", TENSOR, found, setting)
        lines.append(tensor)
        explained += [entry for entry in tensor_given if entry not in explained]
    remarks += [f"for its gradient it keeps {what}" for what in _kept(analysis, index)]
    if row.kept is not None:
        remarks.append(f"bytes that are kept here for the backward pass: {row.kept:,}")
    total = None if row.parameters is None or row.output is None else row.parameters + row.output
    return Section("Memory in bytes", (Part("memory", None, total, tuple(lines), tuple(explained), tuple(remarks)),))


def _line(subject: str, text: str, symbols: dict[str, Symbol], setting: Setting) -> tuple[Line, tuple[Given, ...]]:
    rule = formula(text)
    what = {name: meaning.format(dtype=setting.dtype) for name, meaning in _MEANINGS.items()}
    return line(subject, rule, symbols), tuple(given(name, symbols[name], what[name]) for name in rule.names)


def _kept(analysis: Analysis, index: int) -> list[str]:
    """What the layer keeps, and the activation that is fused into it, in words."""
    own, *fused = entries(analysis.layers[index])
    kept = []
    if own.inputs:
        sources = [analysis.expansion.nodes[source].name for source in analysis.expansion.nodes[index].inputs]
        kept.append(f"what it reads, which counts at {' and '.join(sources)}")
    if (fused[-1] if fused else own).output:
        kept.append("its output")
    if any(entry.inputs for entry in fused):
        kept.append("what its activation reads, as large as its output")
    for entry in (own, *fused):
        parts = ((entry.numbers, "numbers"), (entry.bytes, "bytes"), (entry.per_batch, "numbers once for the batch"))
        kept += [f"{text} {what}" for text, what in parts if text != "0"]
    return kept
