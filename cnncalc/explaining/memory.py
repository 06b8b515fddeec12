"""A layer's memory explained: the bytes of its parameters, of its output, and of what it keeps for its gradient."""

from __future__ import annotations

from typing import Final

from cnncalc.analysis.memory_figures import NO_GRADIENTS, LayerMemory, Memory, Setting
from cnncalc.analysis.opened import analysis_inside
from cnncalc.digits import shown
from cnncalc.explaining.explanation import Given, Line, Part, Section
from cnncalc.explaining.lines import given, line
from cnncalc.formula import Symbol, formula
from cnncalc.layers.saved import Saved
from cnncalc.memory.footprint import (
    BYTES,
    GRADIENTS,
    OPTIMIZER_STATE,
    PARAMETERS,
    SLOTS,
    TENSOR,
    Calculation,
)
from cnncalc.profile.saved_for_backward import entries, hands_on, is_view

_MEANINGS: Final = {
    "params": "parameters",
    "trainable": "parameters that are trained",
    "slots": "numbers that {optimizer} keeps for each of them",
    "bytes": "bytes of a number in {dtype}",
    "batch": "samples in a batch",
    "instances": "regions for each image",
    "y": "the sizes of the output",
}


def memory_section(calculation: Calculation, index: int, row: LayerMemory) -> Section:
    """Returns the section of a node whose memory was calculated."""
    analysis, setting = calculation.analysis, calculation.setting
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
    if calculation.gradient and not calculation.gradient[index]:
        remarks.append("no gradient passes through it: it keeps nothing for one")
    else:
        remarks += [f"for its gradient it keeps {what}" for what in _kept(calculation, index)]
    if row.kept is not None:
        remarks.append(f"bytes that are kept here for the backward pass: {_grouped(row.kept)}")
    total = None if row.parameters is None or row.output is None else row.parameters + row.output
    return Section("Memory in bytes", (Part("memory", None, total, tuple(lines), tuple(explained), tuple(remarks)),))


def memory_totals(calculation: Calculation, whole: Memory) -> tuple[Section, ...]:
    """Returns what training and inference take in all."""
    setting = calculation.setting
    symbols: dict[str, Symbol] = {
        "params": calculation.params,
        "trainable": calculation.trainable,
        "slots": SLOTS[setting.optimizer],
        "bytes": BYTES[setting.dtype],
    }
    rules = {"parameters": PARAMETERS, "gradients": GRADIENTS, f"state of {setting.optimizer}": OPTIMIZER_STATE}
    if setting.dtype in NO_GRADIENTS:
        rules = {"parameters": PARAMETERS}
    lines: list[Line] = []
    explained: list[Given] = []
    for subject, text in rules.items():
        made, symbols_given = _line(subject, text, symbols, setting)
        lines.append(made)
        explained += [entry for entry in symbols_given if entry not in explained]
    training = [f"what the layers keep for the backward pass: {_grouped(whole.kept)}", "all of this together"]
    if setting.dtype in NO_GRADIENTS:
        training = [f"in {setting.dtype} a net is run, not trained"]
    peak = whole.peak
    proof = "no order has a smaller one" if peak.best_is_proven else "the best that was found"
    inference = [
        f"the tensors that are alive at once at the peak: {_grouped(peak.best)}, in the best order of the layers "
        f"({proof}); {_grouped(peak.listed)} in the listed order",
        "and the parameters",
    ]
    return (
        Section(
            "Memory of training in bytes",
            (Part("memory", None, whole.training, tuple(lines), tuple(explained), tuple(training)),),
        ),
        Section("Memory of inference in bytes", (Part("memory", None, whole.inference, (), (), tuple(inference)),)),
    )


def _grouped(value: int | None) -> str:
    return "?" if value is None else shown(value, ",")


def _line(subject: str, text: str, symbols: dict[str, Symbol], setting: Setting) -> tuple[Line, tuple[Given, ...]]:
    rule = formula(text)
    what = {
        name: meaning.format(dtype=setting.dtype, optimizer=setting.optimizer) for name, meaning in _MEANINGS.items()
    }
    return line(subject, rule, symbols), tuple(given(name, symbols[name], what[name]) for name in rule.names)


def _kept(calculation: Calculation, index: int) -> list[str]:
    """Returns what the layer keeps, and the activation that is fused into it, in words."""
    analysis = calculation.analysis
    inside = analysis_inside(analysis, index)
    own, *fused = [Saved()] if inside is not None else entries(analysis.layers[index])
    kept = [] if inside is None else ["what the layers inside keep, for each frame"]
    if index in calculation.kept_inputs:
        sources = dict.fromkeys(analysis.expansion.nodes[source].name for source in calculation.kept_inputs[index])
        kept.append(f"what it reads, which counts at {' and '.join(sources)}")
    if (fused[-1] if fused else own).output:
        kept.append("its output")
    if any(entry.inputs for entry in fused):
        kept.append("what its activation reads, as large as its output")
    for entry in (own, *fused):
        parts = ((entry.numbers, "numbers"), (entry.bytes, "bytes"), (entry.per_batch, "numbers once for the batch"))
        kept += [f"{text} {what}" for text, what in parts if text != "0"]
    return kept
