"""Random arguments of recurrent layers, attention, wrappers, augmentation and encoding, for an input that is given.

ARGUMENTS["recurrent"]("LSTM", dice, (6, 3))    # {"units": 4, "return_sequences": True}
"""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.layers import registry
from cnncalc.tensor import Shape
from tests.peers.random_arguments import KINDS, Arguments, Dice, channels
from tests.peers.random_arguments import arguments as drawn


def recurrent(kind: str, dice: Dice, x: Shape) -> Arguments:
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
    return {"units": dice.randint(1, 9)} | dice.some(given)


def conv_lstm(kind: str, dice: Dice, x: Shape) -> Arguments:
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
    return {"filters": dice.randint(1, 4), "kernel_size": dice.per_axis(rank, 1, 3)} | dice.some(given)


def attention(kind: str, dice: Dice, x: Shape) -> Arguments:
    """Those of attention with projections, or without them."""
    if kind in ("Attention", "AdditiveAttention"):
        modes: Arguments = {"score_mode": dice.choice(["dot", "concat"])} if kind == "Attention" else {}
        return dice.some({"use_scale": dice.often()} | modes)
    given: Arguments = {"use_bias": dice.often(), "use_gate": dice.often()}
    if kind == "MultiHeadAttention":
        given |= {"value_dim": dice.randint(1, 4), "output_shape": dice.choice([dice.randint(1, 5), [2, 3]])}
        if len(x) == 3:
            given["attention_axes"] = dice.choice([1, 2, [1, 2], [2]])
        if len(x) == 2:
            given["sliding_window"] = dice.randint(1, 3)
        return {"num_heads": dice.randint(1, 3), "key_dim": dice.randint(1, 4)} | dice.some(given)
    heads = dice.randint(1, 2)
    given["sliding_window"] = dice.randint(1, 3)
    more = {"num_query_heads": heads * dice.randint(1, 2), "num_key_value_heads": heads}
    return {"head_dim": dice.randint(1, 4)} | more | dice.some(given)


def einsum_dense(kind: str, dice: Dice, x: Shape) -> Arguments:
    """Where a size of output_shape is null Keras announces it as unknown, and it is not when it runs."""
    sizes = [size or 1 for size in x]
    choices: dict[int, list[tuple[str, object, str]]] = {
        1: [("ab,bc->ac", [4], "c"), ("...x,xy->...y", 4, "y")],
        2: [
            ("abc,cd->abd", [sizes[0], 4], "d"),
            ("abc,cd->abd", [sizes[0], 4], "bd"),
            ("abc,cde->abde", [sizes[0], 2, 4], "de"),
            ("abc,bd->acd", [sizes[-1], 4], "d"),
            ("abc,bcd->acd", [sizes[-1], 4], "d"),
            ("abc,cd->adb", [4, sizes[0]], "d"),
        ],
        3: [("abcd,cde->abe", [sizes[0], 4], "e"), ("abcd,de->abce", [*sizes[:2], 4], "e")],
        4: [("abcde,ef->abcdf", [*sizes[:3], 4], "f")],
    }  # of several axes that an ellipsis stands for Keras announces the sizes in reversed order
    equation, output, bias = dice.choice(choices[len(x)])
    return {"equation": equation, "output_shape": output} | dice.some({"bias_axes": bias, "activation": "relu"})


def wrappers(kind: str, dice: Dice, x: Shape) -> Arguments:
    if kind == "Bidirectional":
        inner = dice.choice(["SimpleRNN", "LSTM", "GRU", "GRU"]) if len(x) < 3 else f"ConvLSTM{min(len(x) - 2, 3)}D"
        given = (recurrent if len(x) < 3 else conv_lstm)(inner, dice, x)
        given.pop("go_backwards", None)
        return {"layer": {inner: given}} | dice.some({"merge_mode": dice.choice(["concat", "sum", "mul", "ave"])})
    if kind == "SpectralNormalization":
        of_rank = {3: ["Conv2D", "DepthwiseConv2D", "Conv2DTranspose"], 2: ["Conv1D"], 4: ["Conv3D"]}
        inner = dice.choice(["Dense", *of_rank.get(len(x), [])])
        return {"layer": {inner: keras_arguments(inner, dice, x)}} | dice.some({"power_iterations": 2})
    frame = x[1:] or (1,)
    if dice.often():
        return {"layer": layer_of_frames(dice, frame)}
    return {"model": [layer_of_frames(dice, frame, plain=True), {"Dense": {"units": 3}}]}


def layer_of_frames(dice: Dice, frame: Shape, plain: bool = False) -> Arguments:
    """A layer that reads a frame; `plain`: one that keeps as many axes."""
    kinds = ["Dense", "LayerNormalization", "Dropout", "ReLU", "Activation"]
    kinds += [] if plain else ["BatchNormalization"]  # the file's defaults reach into a model, and may freeze it
    kinds += [] if plain or None in frame else ["Flatten"]
    if len(frame) == 3:
        kinds += 2 * ["Conv2D", "MaxPooling2D", "DepthwiseConv2D", "ZeroPadding2D", "UpSampling2D"]
        kinds += [] if plain else ["GlobalAveragePooling2D"]
    inner = dice.choice(kinds)
    return {inner: keras_arguments(inner, dice, frame)}


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


def augmentation(kind: str, dice: Dice, x: Shape) -> Arguments:
    if kind in ("RandomCrop", "CenterCrop"):
        return {"height": dice.randint(1, 9), "width": dice.randint(1, 9)}
    needed: dict[str, Arguments] = {
        "RandomZoom": {"height_factor": 0.1},
        "RandomTranslation": {"height_factor": 0.1, "width_factor": [-0.1, 0.2]},
        "RandomPosterization": {"factor": 3},
    }
    by_factor: Arguments = {"factor": 0.1} if kind in BY_FACTOR else {}
    return by_factor | needed.get(kind, {})


def encoding(kind: str, dice: Dice, x: Shape) -> Arguments:
    # Of several axes Keras counts along the first when it runs, and announces that it counts along the last.
    modes = ["one_hot", "multi_hot", "count"] if len(x) == 1 else ["one_hot"]
    if kind == "Discretization":
        boundaries = [0.5, 1.5][: dice.randint(1, 2)]
        return {"bin_boundaries": boundaries} | dice.some({"output_mode": dice.choice(["int", *modes])})
    return {"num_tokens": dice.randint(1, 5)} | dice.some({"output_mode": dice.choice(modes)})


def products(kind: str, dice: Dice, x: Shape) -> Arguments:
    """Those of a product of a tensor and itself."""
    match kind:
        case "MatMul":
            turned = dice.often()
            return {"transpose_a": turned, "transpose_b": not turned}
        case "Einsum":
            return {"equation": dice.choice(["...qd,...kd->...qk", "...qd,...qe->...de", "...qd,...qd->...q"])}
        case "Dot":
            axis = dice.randint(1, len(x))
            return {"axes": dice.choice([axis, [axis, axis]])} | dice.some({"normalize": dice.often()})
    raise KeyError(kind)


def sources(kind: str, dice: Dice, x: Shape) -> Arguments:
    return {"shape": [size or 1 for size in x] if dice.often() else [dice.randint(1, 4), channels(x)]}


def opaque(kind: str, dice: Dice, x: Shape) -> Arguments:
    return {"output_shape": [size or 1 for size in x]} | dice.some({"params": dice.randint(0, 9)})


ARGUMENTS: dict[str, Callable[[str, Dice, Shape], Arguments]] = {
    "recurrent": recurrent,
    "conv_lstm": conv_lstm,
    "attention": attention,
    "einsum_dense": einsum_dense,
    "wrappers": wrappers,
    "augmentation": augmentation,
    "categories": encoding,
    "products": products,
    "sources": sources,
    "opaque": opaque,
}
"""What draws the arguments of each kind, by its module."""

LEFT_OUT = frozenset({"Hashing", "StringLookup", "IntegerLookup", "TextVectorization", "ConvLSTM3D"})
"""Kinds of Keras's that need TensorFlow, or five axes."""
ALL_KINDS = (
    *KINDS,
    *(kind for module in ARGUMENTS for kind in registry.MODULES[module] if kind not in LEFT_OUT),
)
"""The kinds of random networks: all but those, the locally connected ones of Keras 2, and PyTorch's normalisation."""


def may_read(kind: str, x: Shape) -> bool:
    """Whether a layer of this kind may read a single tensor of this shape."""
    layer, module = registry.layer_class(kind), registry.MODULE_OF[kind]
    if layer.fewest_inputs > 1 or layer.rank not in (0, len(x) - 1 - (module == "conv_lstm")):
        return False
    if kind in ("Reshape", "EinsumDense"):
        return None not in x  # an error here, where Keras leaves sizes open
    return module != "attention" or (len(x) == 2 if kind.startswith("Group") else len(x) > 1)


def arguments(kind: str, dice: Dice, x: Shape) -> Arguments:
    """Arguments for a layer of any kind on an input of this shape; not every draw fits."""
    draw = ARGUMENTS.get(registry.MODULE_OF[kind])
    return drawn(kind, dice, x) if draw is None else draw(kind, dice, x)
