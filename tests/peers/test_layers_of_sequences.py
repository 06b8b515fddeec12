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
from tests.peers.random_arguments import arguments as drawn

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


def attention(kind: str, dice: Dice) -> Case:
    count, rank = dice.randint(1, 3), 1 if dice.often() else 2
    given: Arguments = {"use_bias": dice.often(), "use_gate": dice.often()}
    if kind == "MultiHeadAttention":
        given |= {"value_dim": dice.randint(1, 4), "output_shape": dice.choice([dice.randint(1, 5), [2, 3]])}
        if rank == 2:
            given["attention_axes"] = dice.choice([1, 2, [1, 2], [2]])
        arguments: Arguments = {"num_heads": dice.randint(1, 3), "key_dim": dice.randint(1, 4)} | dice.some(given)
    else:
        heads = dice.randint(1, 2)
        more = {"num_query_heads": heads * dice.randint(1, 2), "num_key_value_heads": heads}
        arguments, rank = {"head_dim": dice.randint(1, 4)} | more | dice.some(given), 1
    query, keys = sizes(dice, rank), sizes(dice, rank)
    axes = arguments.get("attention_axes", list(range(1, rank + 1)))
    attended = axes if isinstance(axes, list) else [axes]
    keys = tuple(size if index + 1 in attended else query[index] for index, size in enumerate(keys))
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
    given: Arguments = {"use_scale": dice.often()}
    if kind == "Attention":
        given["score_mode"] = dice.choice(["dot", "concat"])
    return dice.some(given), tuple(shapes)


def dot(kind: str, dice: Dice) -> Case:
    ranks = dice.randint(1, 3), dice.randint(1, 3)
    axes, size = [dice.randint(1, rank) for rank in ranks], dice.randint(1, 5)
    shapes = [list(sizes(dice, rank, 1, 5)) for rank in ranks]
    for shape, axis in zip(shapes, axes, strict=True):
        shape[axis - 1] = size
    written = axes[0] if axes[0] == axes[1] and dice.often() else axes
    return {"axes": written} | dice.some({"normalize": dice.often()}), tuple(map(tuple, shapes))


def einsum_dense(kind: str, dice: Dice) -> Case:
    # Where a size of output_shape is null Keras announces it as unknown, and it is not when it runs.
    equation, output, bias, x = dice.choice(
        [
            ("ab,bc->ac", [4], "c", (3,)),
            ("abc,cd->abd", [5, 4], "d", (5, 3)),
            ("abc,cd->abd", [5, 4], "bd", (5, 3)),
            ("...x,xy->...y", 4, "y", (5, 3)),
            ("...x,xy->...y", [4], "y", (5, 5, 3)),
            ("...x,xy->...y", 4, "y", (3,)),
            ("abc,cde->abde", [5, 2, 4], "de", (5, 3)),
            ("abcd,cde->abe", [5, 4], "e", (5, 2, 3)),
            ("abc,bcd->acd", [3, 4], "d", (5, 3)),
            ("abc,bd->acd", [3, 4], "d", (5, 3)),
            ("ab...,bc->ac...", [4], "c", (3, 5, 2)),
            ("abc,cd->adb", [4, 5], "d", (5, 3)),
        ]
    )
    arguments = {"equation": equation, "output_shape": output}
    return arguments | dice.some({"bias_axes": bias, "activation": "relu"}), (x,)


def bidirectional(kind: str, dice: Dice) -> Case:
    inner = dice.choice(["SimpleRNN", "LSTM", "GRU", "GRU", "ConvLSTM1D"])
    arguments, shapes = (conv_lstm if inner == "ConvLSTM1D" else recurrent)(inner, dice)
    given: Arguments = {"merge_mode": dice.choice(["concat", "sum", "mul", "ave"])}
    return {"layer": {inner: arguments}} | dice.some(given), shapes


def time_distributed(kind: str, dice: Dice) -> Case:
    x = sizes(dice, dice.choice([1, 3]), 3, 6)
    kinds = ["Dense", "BatchNormalization", "Flatten", "LayerNormalization", "Dropout", "ReLU", "Activation"]
    maps = ["Conv2D", "MaxPooling2D", "GlobalAveragePooling2D", "DepthwiseConv2D", "ZeroPadding2D", "UpSampling2D"]
    inner = dice.choice([*kinds, *(2 * maps if len(x) == 3 else [])])
    frames = None if dice.rarely() else dice.randint(1, 4)
    return {"layer": {inner: keras_arguments(inner, dice, x)}}, ((frames, *x),)


def spectral(kind: str, dice: Dice) -> Case:
    x = sizes(dice, 3, 4, 6)
    inner = dice.choice(["Dense", "Conv2D", "DepthwiseConv2D", "Conv2DTranspose", "SeparableConv2D", "ReLU"])
    return {"layer": {inner: keras_arguments(inner, dice, x)}} | dice.some({"power_iterations": 2}), (x,)


def keras_arguments(kind: str, dice: Dice, x: Shape) -> Arguments:
    """Arguments of a layer in a wrapper, without those that Keras's layer does not have or take together."""
    without = {"ceil_mode", "dilation_rate", "renorm", "axis"} | ({"groups"} if kind.endswith("Transpose") else set())
    given = {name: value for name, value in drawn(kind, dice, x).items() if name not in without}
    if kind != "ZeroPadding2D" and not isinstance(given.get("padding", "valid"), str):
        del given["padding"]
    return given


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
    attention: ("MultiHeadAttention", "GroupQueryAttention"),
    plain_attention: ("Attention", "AdditiveAttention"),
    dot: ("Dot",),
    einsum_dense: ("EinsumDense",),
    bidirectional: ("Bidirectional",),
    time_distributed: ("TimeDistributed",),
    spectral: ("SpectralNormalization",),
    cropping: ("RandomCrop", "CenterCrop"),
    augmentation: (
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
