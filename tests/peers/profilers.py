"""The profilers themselves, run on a module of PyTorch: what each counts for one forward pass of one sample."""

from __future__ import annotations

import contextlib
import importlib.machinery
import io
import logging
import sys
import types
import warnings
from collections.abc import Callable, Sequence

import pytest

torch = pytest.importorskip("torch")
for _name in ("fvcore", "torchinfo", "thop", "ptflops"):
    pytest.importorskip(_name)
if "transformers" not in sys.modules:
    # calflops imports it for language models, of which there are none here.
    stand_in = types.ModuleType("transformers")
    stand_in.__spec__ = importlib.machinery.ModuleSpec("transformers", None)
    for _name in ("AutoConfig", "AutoModel", "AutoTokenizer"):
        setattr(stand_in, _name, None)
    sys.modules["transformers"] = stand_in
calflops = pytest.importorskip("calflops")

import ptflops  # noqa: E402
import thop  # noqa: E402
import torchinfo  # noqa: E402
from fvcore.nn import FlopCountAnalysis  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

logging.getLogger("fvcore").setLevel(logging.ERROR)


def profile(make: Callable[[], nn.Module], shape: Sequence[int]) -> dict[str, int]:
    """What every profiler counts, by its name in cnncalc. `shape` is without the batch, channels first.

    Each gets a module of its own: some leave hooks behind.
    """
    quiet = io.StringIO()
    size = (1, *shape)
    with warnings.catch_warnings(), contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        warnings.simplefilter("ignore")
        flops, macs = _calflops(_eval(make), size)
        return {
            "torchinfo-1.8.0": torchinfo.summary(_eval(make), input_size=size, verbose=0).total_mult_adds,
            "fvcore": _fvcore(_eval(make), size),
            "torch": _torch(_eval(make), size),
            "calflops": flops,
            "calflops-macs": macs,
            "ptflops": _ptflops(_eval(make), shape),
            "thop": int(thop.profile(_eval(make), (torch.zeros(size),), verbose=False)[0]),
        }


class _Wrapped(nn.Module):
    """A module inside another, as it always is in a network; with a parameter, without which some tools fail."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.nothing = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.inner(x)
        return output


def _eval(make: Callable[[], nn.Module]) -> nn.Module:
    return _Wrapped(make()).eval()


def _fvcore(module: nn.Module, size: tuple[int, ...]) -> int:
    analysis = FlopCountAnalysis(module, torch.zeros(size))
    analysis.unsupported_ops_warnings(False)
    analysis.uncalled_modules_warnings(False)
    return int(analysis.total())


def _torch(module: nn.Module, size: tuple[int, ...]) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.zeros(size))
    return int(counter.get_total_flops())


def _calflops(module: nn.Module, size: tuple[int, ...]) -> tuple[int, int]:
    flops, macs, _ = calflops.calculate_flops(module, input_shape=size, print_results=False, output_as_string=False)
    return int(flops), int(macs)


def _ptflops(module: nn.Module, shape: Sequence[int]) -> int:
    macs, _ = ptflops.get_model_complexity_info(
        module, tuple(shape), print_per_layer_stat=False, as_strings=False, verbose=False
    )
    return int(macs)
