"""Recurrent layers, attention, wrappers and preprocessing beside Keras: shapes, refusals and parameters.

Random arguments from fixed seeds. `--draws N` says how many of each kind (40 unless told). Keras is the judge of its
own kinds; locally connected layers, which are not in Keras 3, and layers that need TensorFlow are tested by hand in
`tests/layers`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cnncalc.tensor import Shape
from tests.peers import random_sequences as drawn
from tests.peers.layer_comparison import calculated, reported
from tests.peers.random_arguments import Arguments, Dice

keras = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore")

Case = tuple[Arguments, tuple[Shape, ...]]


def sizes(dice: Dice, count: int, low: int = 1, high: int = 9) -> tuple[int, ...]:
    return tuple(dice.randint(low, high) for _ in range(count))


def recurrent(kind: str, dice: Dice) -> Case:
    steps = None if dice.rarely() else dice.randint(1, 6)
    rank = 2 if not dice.rarely() else dice.randint(1, 3)
    x = (steps, *sizes(dice, rank - 1))
    return drawn.recurrent(kind, dice, x), (x,)


def conv_lstm(kind: str, dice: Dice) -> Case:
    steps = None if dice.rarely() else dice.randint(1, 3)
    x = (steps, *sizes(dice, int(kind[8]), 1, 6), dice.randint(1, 3))
    return drawn.conv_lstm(kind, dice, x), (x,)


def normalization(kind: str, dice: Dice) -> Case:
    x = sizes(dice, dice.randint(1, 4))
    return dice.some({"axis": dice.axis(x) if dice.often() else [dice.axis(x)]}), (x,)


def masking(kind: str, dice: Dice) -> Case:
    return dice.some({"mask_value": 0.5}), (sizes(dice, dice.randint(2, 4)),)


def encoding(kind: str, dice: Dice) -> Case:
    x = (dice.randint(1, 4),)
    return drawn.encoding(kind, dice, x), (x,)


def attention(kind: str, dice: Dice) -> Case:
    count, rank = dice.randint(1, 3), 1 if dice.often() or kind != "MultiHeadAttention" else 2
    query, keys = sizes(dice, rank), sizes(dice, rank)
    arguments = drawn.attention(kind, dice, (*query, 1))
    axes = arguments.get("attention_axes", list(range(1, rank + 1)))
    attended = axes if isinstance(axes, list) else [axes]
    keys = tuple(size if index + 1 in attended else query[index] for index, size in enumerate(keys))
    if "sliding_window" in arguments:
        keys = query
    shapes = [(*query, dice.randint(1, 5)), (*keys, dice.randint(1, 5)), (*keys, dice.randint(1, 5))]
    if kind != "MultiHeadAttention":
        shapes = [(*shape[:-1], shapes[0][-1]) for shape in shapes]  # Keras wants as many channels
    return arguments, tuple(shapes[:count])


def plain_attention(kind: str, dice: Dice) -> Case:
    channels, keys = dice.randint(1, 5), dice.randint(1, 6)
    shapes = [(dice.randint(1, 6), channels), (keys, channels), (keys, channels)]
    if dice.often():
        shapes[1] = (keys, dice.randint(1, 5))
    else:
        shapes = shapes[:2]
    return drawn.attention(kind, dice, shapes[0]), tuple(shapes)


def dot(kind: str, dice: Dice) -> Case:
    ranks = dice.randint(1, 3), dice.randint(1, 3)
    axes, size = [dice.randint(1, rank) for rank in ranks], dice.randint(1, 5)
    shapes = [list(sizes(dice, rank, 1, 5)) for rank in ranks]
    for shape, axis in zip(shapes, axes, strict=True):
        shape[axis - 1] = size
    written = axes[0] if axes[0] == axes[1] and dice.often() else axes
    return {"axes": written} | dice.some({"normalize": dice.often()}), tuple(map(tuple, shapes))


def einsum_dense(kind: str, dice: Dice) -> Case:
    x = sizes(dice, dice.randint(1, 3), 2, 5)
    return drawn.einsum_dense(kind, dice, x), (x,)


def bidirectional(kind: str, dice: Dice) -> Case:
    steps = None if dice.rarely() else dice.randint(1, 5)
    x = (steps, *sizes(dice, dice.choice([1, 1, 2]), 2, 6))
    return drawn.wrappers(kind, dice, x), (x,)


def time_distributed(kind: str, dice: Dice) -> Case:
    x = sizes(dice, dice.choice([1, 3]), 3, 6)
    frames = None if dice.rarely() else dice.randint(1, 4)
    return {"layer": drawn.layer_of_frames(dice, x)}, ((frames, *x),)


def spectral(kind: str, dice: Dice) -> Case:
    x = sizes(dice, 3, 4, 6)
    inner = dice.choice(["Dense", "Conv2D", "DepthwiseConv2D", "Conv2DTranspose", "SeparableConv2D", "ReLU"])
    arguments = drawn.keras_arguments(inner, dice, x)
    return {"layer": {inner: arguments}} | dice.some({"power_iterations": 2}), (x,)


def augmentation(kind: str, dice: Dice) -> Case:
    x = (*sizes(dice, 2, 4, 9), 3)
    return drawn.augmentation(kind, dice, x), (x,)


DRAWN: dict[Callable[[str, Dice], Case], tuple[str, ...]] = {
    recurrent: ("SimpleRNN", "LSTM", "GRU"),
    conv_lstm: ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    normalization: ("RMSNormalization",),
    masking: ("Masking",),
    encoding: ("CategoryEncoding", "Discretization"),
    attention: ("MultiHeadAttention", "GroupQueryAttention"),
    plain_attention: ("Attention", "AdditiveAttention"),
    dot: ("Dot",),
    einsum_dense: ("EinsumDense",),
    bidirectional: ("Bidirectional",),
    time_distributed: ("TimeDistributed",),
    spectral: ("SpectralNormalization",),
    augmentation: (
        "RandomCrop", "CenterCrop",
        "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness",
        "RandomHue", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomPerspective", "RandomGrayscale",
        "RandomColorDegeneration", "RandomColorJitter", "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur",
        "RandomInvert", "RandomPosterization", "AutoContrast", "Equalization", "Solarization",
    ),
}  # fmt: skip
"""What draws the arguments and inputs of each kind."""
OTHER_NAMES = {"GroupQueryAttention": "GroupedQueryAttention"}
"""Kinds that Keras exports under another name than that of the class."""
NOT_RUN = frozenset({"ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "RMSNormalization"})
"""Kinds whose shape Keras only announces: slow, or not computed along every axis by PyTorch."""


@pytest.mark.parametrize("kind", [kind for kinds in DRAWN.values() for kind in kinds])
def test_random_layers_come_to_what_keras_says(kind: str, request: pytest.FixtureRequest) -> None:
    draw = next(draw for draw, kinds in DRAWN.items() if kind in kinds)
    accepted = 0
    for seed in range(request.config.getoption("--draws")):
        arguments, shapes = draw(kind, Dice(f"{kind} {seed}"))
        ours = calculated(OTHER_NAMES.get(kind, kind), arguments, *shapes)
        assert ours == reported(kind, arguments, *shapes, run=kind not in NOT_RUN), f"{kind} {arguments} on {shapes}"
        accepted += ours is not None
    assert accepted > request.config.getoption("--draws") // 3
