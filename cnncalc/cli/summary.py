"""`cnncalc summary`: the table of one spec or of many, in every format."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, NamedTuple, get_args

import typer

from cnncalc.analysis.analyze import analyzed
from cnncalc.analysis.report import Convention, Report
from cnncalc.cli.error_output import ErrorOutput
from cnncalc.cli.options import (
    Batch,
    ConventionOption,
    Dtype,
    FolderOption,
    Inputs,
    MaxExpanded,
    NoWarn,
    OptimizerOption,
    OutputFile,
    Specs,
    Strict,
    Variables,
    chosen_format,
    from_standard_input_once,
    read_inputs,
    read_no_warn,
    read_variables,
)
from cnncalc.cli.output import is_terminal, output_to
from cnncalc.cli.progress import watched
from cnncalc.cli.summary_options import (
    Counters,
    MaxFlops,
    MaxLayers,
    MaxMacs,
    MaxMemory,
    MaxParams,
    MaxRf,
    MaxTrainableParams,
    MemoryFlag,
    MinRf,
    SummaryOptions,
    read_summary_options,
)
from cnncalc.convert.loading import load_document
from cnncalc.diagnosis.shape_mistakes import shape_mistakes
from cnncalc.errors import Diagnostic, SpecError, UsageError, quote
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.model import Model
from cnncalc.render.columns import Column, parse_columns
from cnncalc.render.fold import fold
from cnncalc.render.formats import Format, render_pieces
from cnncalc.render.joining import Joiner
from cnncalc.render.terminal import Terminal, terminal_of
from cnncalc.spec.library import STANDARD_INPUT
from cnncalc.spec.values import Value
from cnncalc.tensor import Shape
from cnncalc.warnings.warning import Warning


def summary(
    context: typer.Context,
    specs: Specs,
    format: Annotated[
        Format | None, typer.Option(help="How it is written; unless told as the file's ending says, or a table.")
    ] = None,
    convention: ConventionOption = "notes",
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAME,...", help="Which columns, by their names in JSON, such as name,params,exact.macs."),
    ] = None,
    depth: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="One row for each block at this depth; 1: the outermost.")
    ] = None,
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
    max_expanded: MaxExpanded = MAX_EXPANDED,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, help="Processes that share the work on many specs.")] = 1,
    counters: Counters = None,
    memory: MemoryFlag = False,
    dtype: Dtype = None,
    batch: Batch = None,
    optimizer: OptimizerOption = None,
    max_params: MaxParams = None,
    max_trainable_params: MaxTrainableParams = None,
    max_macs: MaxMacs = None,
    max_flops: MaxFlops = None,
    max_memory: MaxMemory = None,
    max_layers: MaxLayers = None,
    min_rf: MinRf = None,
    max_rf: MaxRf = None,
    no_warn: NoWarn = None,
    strict: Strict = False,
) -> int:
    """The table: shapes, parameters, neurons, receptive fields and operations of every layer, and their totals."""
    format = chosen_format(format, output, get_args(Format), "table")
    terminal = output is None and is_terminal(sys.stdout)
    limits = {
        "max_params": max_params, "max_trainable_params": max_trainable_params, "max_macs": max_macs,
        "max_flops": max_flops, "max_memory": max_memory, "max_layers": max_layers, "min_rf": min_rf, "max_rf": max_rf,
    }  # fmt: skip
    request = Request(
        format=format,
        several=len(specs) > 1,
        convention=convention,
        columns=columns,
        depth=depth,
        inputs=read_inputs(inputs),
        variables=read_variables(variables),
        folder=folder,
        max_expanded=max_expanded,
        terminal=terminal_of(sys.stdout) if output is None else None,
        options=read_summary_options(counters, memory, dtype, batch, optimizer, limits.items()),
        no_warn=read_no_warn(no_warn),
    )
    request.check()
    from_standard_input_once(specs)
    errors: ErrorOutput = context.obj
    joiner = Joiner(request.format) if request.several else None
    with (
        output_to(output) as write,
        watched(_results(request, specs, jobs), len(specs), shown=not terminal) as results,
    ):
        for spec, result in zip(specs, results, strict=False):
            if result.text is not None:
                for piece in joiner.next(result.text) if joiner else result.text:
                    write(piece)
            if result.diagnostics:
                errors.report(result.diagnostics)
            if result.broken:
                errors.report(result.broken, exit_code=1)
            name = spec if request.several else ""
            errors.warn(result.warnings, name, strict=strict, are_in_report=format in ("json", "jsonl"))
        if joiner:
            write(joiner.end())
    return errors.exit_code


class Request(NamedTuple):
    """What is wanted of each spec. A table is drawn for the `terminal`, if there is one."""

    format: Format
    several: bool
    convention: Convention
    columns: str | None
    depth: int | None
    inputs: dict[str, Shape]
    variables: dict[str, Value]
    folder: str | None
    max_expanded: int
    terminal: Terminal | None
    options: SummaryOptions
    no_warn: frozenset[str] = frozenset()

    def check(self) -> None:
        """Raises: UsageError: for columns that do not exist, or that the format has not."""
        if self.columns is None:
            return
        if self.format in ("json", "jsonl"):
            message = f"--columns is not for --format {self.format}: its records are always whole"
            hint = "csv has columns; jq takes what it needs from JSON"
            raise UsageError(Diagnostic("bad-option", message, suggestion=hint))
        self.parsed_columns(self.columns)

    def parsed_columns(self, text: str) -> tuple[Column, ...]:
        """Returns the columns that a text names."""
        return parse_columns(text, self.options.counters, self.options.memory is not None)


class Result(NamedTuple):
    """A spec's text in pieces, up to the layer that does not fit if there is one; what is wrong; what may be.

    `broken` are the limits that the net breaks.
    """

    text: Iterable[str] | None
    diagnostics: Sequence[Diagnostic] = ()
    broken: Sequence[Diagnostic] = ()
    warnings: Sequence[Warning] = ()


def _results(request: Request, specs: Sequence[str], jobs: int) -> Iterator[Result]:
    if jobs == 1 or len(specs) == 1 or STANDARD_INPUT in specs:  # which other processes can't read
        return map(partial(summarize, request), specs)
    from cnncalc.parallel import in_processes  # it loads multiprocessing, which takes as long as all our renderers

    return in_processes(partial(_summarize_whole, request), specs, jobs, _lost)


def _lost(spec: str) -> Result:
    """Says that the system ended the process that had a spec."""
    message = f"the process that had {quote(spec)} was ended by the system, probably for want of memory"
    return Result(None, [Diagnostic("worker-ended", message, suggestion="try fewer --jobs")])


def summarize(request: Request, spec: str) -> Result:
    """Returns one spec's part of the output."""
    try:
        return _summarize(request, spec)
    except SpecError as error:
        return Result(None, error.diagnostics)
    except MemoryError:
        pass
    # Said only here: as long as the exception is there, so is all that took the memory.
    hint = "is a repeat too large? Many specs take less with fewer --jobs"
    return Result(None, [Diagnostic("system-error", f"there is too little memory for {quote(spec)}", suggestion=hint)])


def _summarize(request: Request, spec: str) -> Result:
    model = Model(
        load_document(spec, request.folder),
        inputs=request.inputs,
        variables=request.variables,
        max_expanded=request.max_expanded,
    )
    report, analysis = analyzed(model.expansion, request.convention, partial=True)
    if report.error is not None:
        text = _text(request, spec, request.options.left_open(report))
        return Result(text, shape_mistakes(model.expansion, [report.error]))
    report = request.options.added(report, analysis)
    broken = request.options.broken(report, analysis, model.document.spec.limits)
    ignored = request.no_warn | model.document.spec.ignore
    warnings = tuple(each for each in report.warnings if each.id not in ignored)
    report = replace(report, warnings=warnings if request.format in ("json", "jsonl") else ())
    return Result(_text(request, spec, report), broken=broken, warnings=warnings)


def _summarize_whole(request: Request, spec: str) -> Result:
    """Returns the same with the text as a whole, as it is sent to another process."""
    result = summarize(request, spec)
    return result if result.text is None else result._replace(text=["".join(result.text)])


def _text(request: Request, spec: str, report: Report) -> Iterator[str]:
    if request.depth is not None:
        report = fold(report, request.depth)
    columns = None if request.columns is None else request.parsed_columns(request.columns)
    return render_pieces(
        request.format, spec, report, several=request.several, columns=columns, terminal=request.terminal
    )
