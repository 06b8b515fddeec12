"""The engine: parsing, expansion and analysis in one process, warm."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.measuring import Time, in_turn, of_function
from benchmarks.nets import chain
from benchmarks.page import Line, ms, rate
from cnncalc.errors import Source
from cnncalc.model import Model
from cnncalc.spec.document import Document
from cnncalc.spec.library import parse_document
from cnncalc.spec.shipped import shipped_path

ROUNDS = 51
ROUNDS_OF_CHAIN = 3
CHAIN = 100_000


def lines() -> Iterator[Line]:
    """Each stage of each net, then torchinfo on nets that are built already, without any memory for their weights."""
    for name in ("resnet50", "densenet201"):
        yield from stages(name, shipped_path(name).read_text(encoding="utf-8"), ROUNDS)
    yield from stages(f"a chain of {CHAIN:,} layers", chain(CHAIN), ROUNDS_OF_CHAIN)
    yield from torchinfo()


def stages(name: str, text: str, rounds: int) -> Iterator[Line]:
    """What each stage takes, and all together."""

    def parse() -> Document:
        return parse_document(Source("<text>", text), "<text>", None)

    document = parse()
    model = Model(document)
    layers = len(model.expansion.nodes)
    cases: dict[str, Callable[[], object]] = {
        "parsing": parse,
        "expansion": lambda: Model(document),
        "analysis": model.analyze,
        "from text to report": lambda: Model(parse()).analyze(),
    }
    for case in cases.values():
        case()
    taken = in_turn({case: of_function(function) for case, function in cases.items()}, rounds)
    for case, time in taken.items():
        yield Line(f"{name}: {case}", ms(time.cpu), rate(layers, time.cpu, "layers"), asked(name, case))


def asked(name: str, case: str) -> str:
    """What is asked for of a stage."""
    if case == "analysis":
        return "50,000 layers/s"
    return "10 ms" if (name, case) == ("resnet50", "from text to report") else ""


def torchinfo() -> Iterator[Line]:
    """torchinfo on the same nets, in PyTorch's own versions."""
    import torch
    import torchinfo as other
    import torchvision

    for name in ("resnet50", "densenet201"):
        with torch.device("meta"):
            model = getattr(torchvision.models, name)()

        def summary(model: torch.nn.Module = model) -> None:
            str(other.summary(model, (1, 3, 224, 224), device="meta", verbose=0, depth=10))

        summary()
        time: Time = in_turn({name: of_function(summary)}, ROUNDS)[name]
        layers = sum(1 for module in model.modules() if not list(module.children()))
        yield Line(f"torchinfo, {name} built already (meta device)", ms(time.cpu), rate(layers, time.cpu, "layers"))
