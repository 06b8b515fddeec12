"""How many channels a tensor has, as an expression that is right in all uses of a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnncalc.exporting.program.expressions import Code, Symbol, combined, constant, is_same
from cnncalc.exporting.program.steps import Key, LayerStep, NotShared, Parameter, Value
from cnncalc.exporting.torch.calls import TorchCall


@dataclass(eq=False)
class InChannels(Parameter):
    """The parameter of a module that tells the channels of a tensor."""

    is_written: bool = False

    def text(self) -> str:
        self.is_written = True
        return self.name


@dataclass(frozen=True)
class Attribute(Symbol):
    """A parameter of the constructor, where `forward` needs it."""

    parameter: Parameter
    kept: dict[str, str]

    def text(self) -> str:
        text = self.parameter.text()
        self.kept[text] = text
        return f"self.{text}"

    def value(self, use: int) -> object:
        return self.parameter.value(use)


class Unknown(Symbol):
    """Channels that do not matter."""

    def text(self) -> str:
        return "0"

    def value(self, use: int) -> object:
        return 0


def channels_after(step: LayerStep, channels: Sequence[Code], made: TorchCall, key: Key | None) -> Code:
    """Finds an expression for the channels of what a layer makes: the first candidate that is right in all uses."""
    candidates = [made.code(name) for name in ("filters", "units", "output_dim") if made.has(name)]
    candidates += channels[:1]
    if channels and made.has("depth_multiplier"):
        candidates.append(combined("*", made.code("depth_multiplier"), channels[0]))
    if step.kind == "Concatenate":
        total = channels[0]
        for each in channels[1:]:
            total = combined("+", total, each)
        candidates.insert(0, simplified(total))
    if step.kind == "ChannelSlice":
        start, stop = made.code("start"), made.code("stop")
        end = channels[0] if stop == constant(None) else stop
        candidates.insert(0, simplified(combined("-", end, start)))
    return first_right([*candidates, *constants(step.target)], step.target, key)


def first_right(candidates: Sequence[Code], target: Value, key: Key | None) -> Code:
    """Returns the first expression that gives a tensor's channels in all uses. Raises: NotShared: if none does."""
    for code in candidates:
        if _is_right(code, target):
            return code
    if all(shape is None or shape[-1] is None for shape in target.shapes):
        return constant(None)
    assert key is not None
    raise NotShared({key})


def _is_right(code: Code, target: Value) -> bool:
    uses = [
        (use, shape[-1])
        for use, shape in enumerate(target.shapes)
        if shape is not None and target.nodes[use] is not None
    ]
    try:
        return all(is_same(code.value(use), size) for use, size in uses)
    except (TypeError, ArithmeticError):
        return False


def constants(target: Value) -> list[Code]:
    """Returns the number of channels if it is the same in all uses."""
    known = {shape[-1] for shape in target.shapes if shape is not None}
    return [constant(known.pop())] if len(known) == 1 else []


def simplified(code: Code) -> Code:
    """Computes what consists of constants."""
    if not code.operands:
        return code
    operands = tuple(map(simplified, code.operands))
    if code.head == "if" and operands[1].head == "constant":
        return operands[0 if operands[1].constant else 2]
    if all(operand.head == "constant" for operand in operands) and code.head not in ("tuple",):
        known = all(operand.constant is not None for operand in operands)
        value = Code(code.head, operands).value(0) if known else None
        if isinstance(value, (int, bool)):
            return constant(value)
    if code.head in ("+", "-", "*", "//"):
        return combined(code.head, *operands)
    return Code(code.head, operands, code.constant, code.symbol)
