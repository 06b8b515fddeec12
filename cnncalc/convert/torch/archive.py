"""Reads `.pt2` files: the zip that torch.export.save writes, of which only the JSON of the graph is read."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cnncalc.convert.channels_first.operations import MOST_OPERATIONS, too_many_operations
from cnncalc.convert.channels_first.translate import translate
from cnncalc.convert.channels_first.translation import UNKNOWN_BATCH
from cnncalc.convert.graph import Graph, ReadingProblem
from cnncalc.convert.torch.aten import tensor_graph
from cnncalc.convert.torch.program import Call, Name, Program, module_path

LARGEST: Final = 100_000_000
"""Of a graph's JSON, in bytes: a zip of a few bytes can say that it is larger."""
_LEFT_OUT: Final = ("as_none", "as_operator", "as_device", "as_layout", "as_memory_format", "as_custom_obj", "as_graph")


def read(path: Path) -> Graph:
    """Reads a `.pt2` file. Raises: ReadingProblem: if it is damaged, or has what no layer says; OSError."""
    return translate(tensor_graph(read_program(graph_json(path), path.stem)))


def graph_json(path: Path) -> Mapping[str, object]:
    """Finds the JSON of the graph in the zip. Raises: ReadingProblem: if there is none, or it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                member
                for member in archive.infolist()
                if member.filename.endswith(("models/model.json", "serialized_exported_program.json"))
            ]
            if not members:
                raise damaged("the zip holds no exported program; torch.export.save writes one")
            if members[0].file_size > LARGEST:
                raise damaged(f"its graph has {members[0].file_size:,} bytes; at most {LARGEST:,} are read")
            data = json.loads(archive.read(members[0]))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        UnicodeDecodeError,
        ValueError,
    ) as error:
        raise damaged(f"it can't be read ({error})") from None
    if not isinstance(data, dict):
        raise damaged("its JSON is no object")
    return data


def damaged(message: str) -> ReadingProblem:
    """Makes the problem of a file that is no exported program."""
    return ReadingProblem("damaged-file", message, expected="a file that torch.export.save has written in full")


def read_program(data: Mapping[str, object], name: str) -> Program:
    """Reads an exported program from its JSON. Raises: ReadingProblem: if something is not as PyTorch writes it."""
    try:
        return _read_program(data, name)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise damaged(f"its JSON is not as torch.export writes it: {type(error).__name__} {error}") from None


def _read_program(data: Mapping[str, object], name: str) -> Program:
    module = _object(data["graph_module"])
    graph = _object(module["graph"])
    signature = _object(module["signature"])
    program = Program(name)
    version = data.get("torch_version")
    program.source = f"PyTorch {version}" if isinstance(version, str) else "PyTorch"
    for entry in _list(signature["input_specs"]):
        for kind, spec in _object(entry).items():
            _read_input(program, kind, _object(spec))
    for entry in _list(signature["output_specs"]):
        output = _object(entry).get("user_output")
        found = _argument(_object(_object(output)["arg"])) if output is not None else None
        if isinstance(found, Name):
            program.outputs.append(found.name)
    batch = _batch_symbol(program, graph)
    for tensor, meta in _object(graph["tensor_values"]).items():
        program.dims[tensor] = tuple(_size(size, batch) for size in _list(_object(meta)["sizes"]))
    nodes = _list(graph["nodes"])
    if len(nodes) > MOST_OPERATIONS:
        raise too_many_operations(len(nodes))
    program.calls = [_read_call(_object(node)) for node in nodes]
    return program


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError("an object is expected")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return value


def _read_input(program: Program, kind: str, spec: Mapping[str, object]) -> None:
    """Reads one input of the graph: the user's, a parameter or a buffer."""
    if kind == "user_input":
        found = _argument(_object(spec["arg"]))
        if isinstance(found, Name):
            program.inputs.append(found.name)
        return
    named = spec.get("arg")
    target = next((spec[key] for key in ("parameter_name", "buffer_name", "tensor_constant_name") if key in spec), None)
    if isinstance(named, dict) and isinstance(target, str):
        program.targets[str(named["name"])] = target
        if kind == "parameter":
            program.parameters.add(target)


def _argument(arg: Mapping[str, object]) -> object:
    """Reads an argument: a tensor or a symbolic number as its name, else plain data."""
    if len(arg) != 1:
        raise ValueError("an argument has several kinds")
    kind, value = next(iter(arg.items()))
    if kind in ("as_tensor", "as_sym_int", "as_sym_bool", "as_sym_float", "as_optional_tensor", "as_complex"):
        inner = _object(value)
        if "as_tensor" in inner:
            inner = _object(inner["as_tensor"])
        plain = next((inner[key] for key in ("as_int", "as_bool", "as_float") if key in inner), None)
        found = inner.get("name", inner.get("as_name"))
        return Name(str(found)) if found is not None else plain
    if kind in ("as_tensors", "as_sym_ints", "as_optional_tensors", "as_nested_tensors"):
        return [_entry(entry) for entry in _list(value)]
    if kind.startswith(_LEFT_OUT):
        return None
    return value


def _entry(entry: object) -> object:
    inner = _object(entry)
    return Name(str(inner["name"])) if "name" in inner else _argument(inner)


def _read_call(node: Mapping[str, object]) -> Call:
    target = str(node["target"])
    arguments: dict[str, object] = {}
    for position, entry in enumerate(_list(node["inputs"])):
        inner = _object(entry)
        arguments[str(inner["name"]) or str(position)] = _argument(_object(inner["arg"]))
    outputs: list[str] = []
    for output in _list(node["outputs"]):
        found = _argument(_object(output))
        names = found if isinstance(found, list) else [found]
        outputs += [entry.name if isinstance(entry, Name) else "" for entry in names]
    metadata = _object(node.get("metadata", {}))
    stack = [
        entry.split(",")[1] for entry in str(metadata.get("nn_module_stack", "")).split(";") if entry.count(",") > 1
    ]
    place = outputs[0] if outputs else target
    return Call(operator_name(target), arguments, outputs, module_path(stack), place)


def operator_name(target: str) -> str:
    """Returns an operator's name without its namespace and overload: `torch.ops.aten.conv2d.default` is `conv2d`."""
    parts = target.removeprefix("torch.ops.").split(".")
    return parts[1] if parts[0] == "aten" and len(parts) > 1 else ".".join(parts[:2])


def _batch_symbol(program: Program, graph: Mapping[str, object]) -> str:
    """Returns the name that the size of the batch has, if it is not known."""
    values = _object(graph["tensor_values"])
    for name in program.inputs:
        sizes = _list(_object(values[name])["sizes"])
        text = _expression(sizes[0]) if sizes else None
        if isinstance(text, str):
            return text
    return ""


def _expression(size: object) -> int | str | None:
    """Returns a size: an integer, or the text of an expression."""
    inner = _object(size)
    if "as_int" in inner:
        return int(str(inner["as_int"]))
    return str(_object(inner["as_expr"])["expr_str"]) if "as_expr" in inner else None


def _size(size: object, batch: str) -> int | None:
    """Returns a size; one that has the batch as a factor counts it as `UNKNOWN_BATCH`, another unknown one is None."""
    text = _expression(size)
    if text is None or isinstance(text, int):
        return text
    number = UNKNOWN_BATCH
    for factor in text.replace(" ", "").split("*"):
        if factor != batch:
            if not factor.isdecimal():
                return None
            number *= int(factor)
    return number if batch in text else None
