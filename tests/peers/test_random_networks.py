"""Random networks beside Keras and PyTorch, layer by layer: names, wiring, shapes, parameters, frozen and shared ones.

`--networks N` says how many (200 unless told), `--first N` the number of the first one; each is made from its number
alone, so that a failing one can be had again: `cnncalc.load` what `random_network(NUMBER).files` holds.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

keras = pytest.importorskip("keras")
pytest.importorskip("torchvision")

import cnncalc  # noqa: E402
from cnncalc.analysis.report import Report  # noqa: E402
from cnncalc.layers import registry  # noqa: E402
from tests.peers.keras_networks import Network  # noqa: E402
from tests.peers.random_sequences import ALL_KINDS  # noqa: E402
from tests.peers.random_specs import random_network  # noqa: E402
from tests.peers.spec_features import Feature  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

LANGUAGE: frozenset[Feature] = frozenset(
    {
        *(("layer", option) for option in (
            "name", "from", "repeat", "first", "share", "branches", "empty branch", "if", "bare value",
            "trainable: true", "trainable: false",
        )),
        *(("block", option) for option in (
            "used", "of a block", "name", "from", "repeat", "first", "share", "if", "defaults", "bare value",
            "trainable: true", "trainable: false",
        )),
        *(("Model", option) for option in (
            "spec", "until", "frozen_until", "name", "from", "repeat", "share", "trainable: false",
        )),
        *(("value", form) for form in ("$", "$in_channels", "arithmetic", "3x3", "(3, 3)", "name as a parameter")),
        *(("spec", part) for part in ("vars", "defaults", "outputs", "several inputs", "unknown sizes", "regions")),
    }
)  # fmt: skip
"""Parts of the language that have to occur."""


STATES = ("return_state", "use_recurrent_bias")
ELSEWHERE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D"), STATES),  # tests/layers
    "Bidirectional": ("backward_layer",),  # tests/layers/test_outputs.py
    "Discretization": ("num_bins",),  # it is computed from data
    "UpSampling3D": ("interpolation",),  # Keras has none
}
"""Arguments that other tests give, by kind."""

ENOUGH = 2_000
"""In so many networks every argument of every kind occurs."""


def kinds_with_arguments() -> frozenset[Feature]:
    """Every layer kind by itself and with each of its arguments."""
    return frozenset(
        (kind, argument)
        for kind in ALL_KINDS
        for argument in ("", *registry.layer_class(kind).arguments())
        if argument not in ELSEWHERE.get(kind, ())
        # At inference an augmentation does nothing, whatever its arguments; only a crop has a size.
        if registry.MODULE_OF[kind] != "augmentation" or argument in ("", "height", "width")
    )


def by_cnncalc(report: Report) -> list[tuple[object, ...]]:
    return [
        (row.name, row.type, row.inputs, row.output_shape, row.instances, row.params, row.trainable_params,
         row.non_trainable_params, row.shared_with)
        for row in report.layers
    ]  # fmt: skip


def by_keras(network: Network) -> list[tuple[object, ...]]:
    return [
        (row.name, row.kind, row.inputs, row.shape, row.instances, row.layer.count_params(), row.trainable,
         row.non_trainable, row.shared_with)
        for row in network.rows
    ]  # fmt: skip


def test_random_networks_come_to_what_keras_says(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    used: set[Feature] = set()
    networks, first = request.config.getoption("--networks", 200), request.config.getoption("--first", 0)
    for number in range(first, first + networks):
        made = random_network(number)
        for name, text in made.files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        where = f"network {number}:\n{made.files['random.yaml']}\ninner.yaml:\n{made.files['inner.yaml']}"
        try:
            report = cnncalc.load(tmp_path / "random.yaml").analyze()
        except cnncalc.SpecError as error:
            pytest.fail(f"{where}\n{error}", pytrace=False)
        assert by_cnncalc(report) == by_keras(made.network), where
        own = [row for row in made.network.rows if row.shared_with is None]
        totals = report.totals
        assert totals.trainable_params == sum(row.trainable for row in own), where
        assert totals.non_trainable_params == sum(row.non_trainable for row in own), where
        used |= made.features
    missing = (kinds_with_arguments() | LANGUAGE) - used
    # In a sample one rare argument or another does not occur.
    assert networks < ENOUGH or not missing, f"these did not occur: {sorted(missing)}"


def test_every_argument_of_keras_is_known_here() -> None:
    """What Keras's layers take is an argument here, or one of those that are accepted and change no figure."""
    for_training = {"lora_rank", "lora_alpha", "quantization_config", "gptq_unpacked_column_size"}
    refused = {("Bidirectional", "weights")}  # the values of the weights
    known = registry.IGNORED_ARGUMENTS | for_training | {"self", "name", "kwargs", "data_format"}
    unknown = {
        (kind, argument)
        for kind in registry.kinds()
        if hasattr(keras.layers, kind)
        for argument in inspect.signature(getattr(keras.layers, kind).__init__).parameters
        if argument not in {*registry.layer_class(kind).arguments(), *registry.layer_class(kind).ignored, *known}
    }
    assert unknown == refused
