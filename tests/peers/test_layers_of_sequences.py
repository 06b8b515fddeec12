"""Recurrent layers, attention, wrappers and preprocessing beside Keras: shapes, refusals and parameters.

Random arguments from fixed seeds. `--draws N` says how many of each kind (40 unless told). Keras is the judge of its
own kinds; locally connected layers, which are not in Keras 3, and layers that need TensorFlow are tested by hand in
`tests/layers`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cnncalc.tensor import Shape
from tests.peers.layer_comparison import calculated, reported
from tests.peers.random_arguments import Arguments, Dice

keras = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore")

Case = tuple[Arguments, tuple[Shape, ...]]


def sizes(dice: Dice, count: int, low: int = 1, high: int = 9) -> tuple[int, ...]:
    return tuple(dice.randint(low, high) for _ in range(count))


def recurrent(kind: str, dice: Dice) -> Case:
    given: Arguments = {
        "activation": dice.activation(),
        "use_bias": dice.often(),
        "return_sequences": dice.often(),
        "go_backwards": dice.often(),
        "dropout": 0.1,
    }
    if kind != "SimpleRNN":
        given["recurrent_activation"] = dice.choice(["sigmoid", "hard_sigmoid", None])
    if kind == "GRU":
        given["reset_after"] = dice.often()
    steps = None if dice.rarely() else dice.randint(1, 6)
    rank = 2 if not dice.rarely() else dice.randint(1, 3)
    return {"units": dice.randint(1, 9)} | dice.some(given), ((steps, *sizes(dice, rank - 1)),)


def conv_lstm(kind: str, dice: Dice) -> Case:
    rank = int(kind[8])
    given: Arguments = {
        "padding": dice.choice(["same", "valid"]),
        dice.choice(["strides", "dilation_rate"]): dice.per_axis(rank, 1, 2),  # Keras refuses both together
        "activation": dice.activation(),
        "recurrent_activation": dice.choice(["sigmoid", "hard_sigmoid"]),
        "use_bias": dice.often(),
        "return_sequences": dice.often(),
        "go_backwards": dice.often(),
    }
    steps = None if dice.rarely() else dice.randint(1, 3)
    arguments = {"filters": dice.randint(1, 4), "kernel_size": dice.per_axis(rank, 1, 3)} | dice.some(given)
    return arguments, ((steps, *sizes(dice, rank, 1, 6), dice.randint(1, 3)),)


def normalization(kind: str, dice: Dice) -> Case:
    x = sizes(dice, dice.randint(1, 4))
    return dice.some({"axis": dice.axis(x) if dice.often() else [dice.axis(x)]}), (x,)


def masking(kind: str, dice: Dice) -> Case:
    return dice.some({"mask_value": 0.5}), (sizes(dice, dice.randint(2, 4)),)


def encoding(kind: str, dice: Dice) -> Case:
    x = (dice.randint(1, 4),)
    modes = ["one_hot", "multi_hot", "count"]
    if kind == "Discretization":
        return {"bin_boundaries": [0.5, 1.5][: dice.randint(1, 2)]} | dice.some(
            {"output_mode": dice.choice(["int", *modes])}
        ), (x,)
    return {"num_tokens": dice.randint(1, 5)} | dice.some({"output_mode": dice.choice(modes)}), (x,)


def cropping(kind: str, dice: Dice) -> Case:
    return {"height": dice.randint(1, 9), "width": dice.randint(1, 9)}, (sizes(dice, 3),)


BY_FACTOR = frozenset(
    {
        "RandomRotation", "RandomContrast", "RandomBrightness", "RandomHue", "RandomSaturation", "RandomSharpness",
        "RandomColorDegeneration",
    }
)  # fmt: skip
"""Augmentations whose factor must be given."""


def augmentation(kind: str, dice: Dice) -> Case:
    needed: dict[str, Arguments] = {
        "RandomZoom": {"height_factor": 0.1},
        "RandomTranslation": {"height_factor": 0.1, "width_factor": [-0.1, 0.2]},
        "RandomPosterization": {"factor": 3},
    }
    by_factor: Arguments = {"factor": 0.1} if kind in BY_FACTOR else {}
    seed: Arguments = {} if kind in ("AutoContrast", "Equalization") else dice.some({"seed": 1})
    return by_factor | needed.get(kind, {}) | seed, ((*sizes(dice, 2, 4, 9), 3),)


DRAWN: dict[Callable[[str, Dice], Case], tuple[str, ...]] = {
    recurrent: ("SimpleRNN", "LSTM", "GRU"),
    conv_lstm: ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    normalization: ("RMSNormalization",),
    masking: ("Masking",),
    encoding: ("CategoryEncoding", "Discretization"),
    cropping: ("RandomCrop", "CenterCrop"),
    augmentation: (
        "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness",
        "RandomHue", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomPerspective", "RandomGrayscale",
        "RandomColorDegeneration", "RandomColorJitter", "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur",
        "RandomInvert", "RandomPosterization", "AutoContrast", "Equalization", "Solarization",
    ),
}  # fmt: skip
"""What draws the arguments and inputs of each kind."""
NOT_RUN = frozenset({"ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "RMSNormalization"})
"""Kinds whose shape Keras only announces: slow, or not computed along every axis by PyTorch."""


@pytest.mark.parametrize("kind", [kind for kinds in DRAWN.values() for kind in kinds])
def test_random_layers_come_to_what_keras_says(kind: str, request: pytest.FixtureRequest) -> None:
    draw = next(draw for draw, kinds in DRAWN.items() if kind in kinds)
    accepted = 0
    for seed in range(request.config.getoption("--draws")):
        arguments, shapes = draw(kind, Dice(f"{kind} {seed}"))
        ours = calculated(kind, arguments, *shapes)
        assert ours == reported(kind, arguments, *shapes, run=kind not in NOT_RUN), f"{kind} {arguments} on {shapes}"
        accepted += ours is not None
    assert accepted > request.config.getoption("--draws") // 3
