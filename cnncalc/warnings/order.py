"""Warnings about what follows what: a layer that makes sense by itself, and not in its place."""

from __future__ import annotations

from cnncalc.layers.windows import WindowLayer
from cnncalc.warnings.net import Net
from cnncalc.warnings.registry import rule


@rule(
    "dense-on-map", "dense",
    message="a Dense layer reads a map that was not flattened",
    explanation="On a map a Dense layer works at each position for itself, as a 1x1 convolution does: the output is a "
    "map again, and a classifier has one result per position. Flatten, or global pooling, makes a vector of the map.",
    example="input: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3}\n  - Dense: 10\n",
    better="input: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3}\n  - Flatten\n  - Dense: 10\n",
)  # fmt: skip
def reads_a_map(net: Net, index: int) -> bool:
    """Finds a Dense layer on a map, with nothing but the rest of a classifier behind it."""
    return len(net.shape_read(index)) > 2 and net.is_head[index] and net.layers[net.source(index)].family != "dense"


@rule(
    "squashed-in-the-middle", "activation", "dense", "convolution",
    message="softmax or sigmoid stands in the middle of the net, in front of further weights",
    explanation="Softmax makes probabilities that sum to 1, and sigmoid squeezes each value into 0 to 1: both belong "
    "at the end. In the middle they flatten the gradients, so that the layers before them hardly learn. Hidden "
    "layers take ReLU. A gate, which multiplies another tensor, is not meant.",
    example="input: 20\nlayers:\n  - Dense: {units: 10, activation: softmax}\n  - Dense: 5\n",
    better="input: 20\nlayers:\n  - Dense: {units: 10, activation: relu}\n  - Dense: {units: 5, activation: softmax}\n",
)  # fmt: skip
def is_squashed(net: Net, index: int) -> bool:
    """Finds a softmax or sigmoid whose values go into a layer with weights."""
    return net.activation(index) in ("softmax", "sigmoid") and net.feeds_weights[index]


@rule(
    "softmax-of-one", "activation", "dense", "convolution",
    message="softmax over one value is always 1",
    explanation="Softmax divides by the sum over all units: with one unit it gives 1, whatever the net has learned. "
    "One unit that says yes or no takes sigmoid; softmax takes two units.",
    example="input: 20\nlayers:\n  - Dense: {units: 1, activation: softmax}\n",
    better="input: 20\nlayers:\n  - Dense: {units: 1, activation: sigmoid}\n",
)  # fmt: skip
def is_softmax_of_one(net: Net, index: int) -> bool:
    """Finds a softmax over a last axis of size 1."""
    along_last = getattr(net.layers[index], "axis", -1) in (-1, (-1,), len(net.outputs[index].shape))
    return net.activation(index) == "softmax" and along_last and net.outputs[index].shape[-1] == 1


@rule(
    "flatten-of-vector", "flatten",
    message="Flatten reads a vector, which is flat already",
    explanation="Flatten makes a vector of a map. Behind global pooling or a Dense layer there is a vector already, "
    "and Flatten does nothing: it can go.",
    example="input: 784\nlayers:\n  - Flatten\n  - Dense: 10\n",
    better="input: 784\nlayers:\n  - Dense: 10\n",
)  # fmt: skip
def is_flat_already(net: Net, index: int) -> bool:
    """Finds a Flatten of a vector."""
    return len(net.shape_read(index)) == 1


@rule(
    "bias-before-batch-norm", "convolution", "dense",
    message="the bias does nothing: the BatchNormalization behind it takes the mean away and adds its own beta",
    explanation="Batch normalisation subtracts the mean of each channel, and a bias is part of that mean. Its "
    "parameters are counted, trained and without effect. `use_bias: false` leaves them out.",
    example="input: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3}\n  - BatchNormalization\n",
    better="input: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3, use_bias: false}\n"
    "  - BatchNormalization\n",
)  # fmt: skip
def has_a_lost_bias(net: Net, index: int) -> bool:
    """Finds a layer with a bias and no activation that nothing but batch normalisation reads."""
    readers = net.readers[index]
    if not readers or index in net.results or net.activation(index) != "linear":
        return False
    if any(net.layers[reader].family != "batch normalization" for reader in readers):
        return False
    return any(weight.name == "bias" for weight in net.layers[index].weights(net.shape_read(index)))


@rule(
    "activation-twice", "activation",
    message="an activation follows an activation",
    explanation="The layer before ends with an activation already, as a rule by its argument `activation`. ReLU of "
    "ReLU is ReLU; softmax of softmax is nearly uniform; softmax of ReLU loses all negative scores. One of "
    "the two can go.",
    example="input: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3, activation: relu}\n  - ReLU\n",
    better="input: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3}\n  - ReLU\n",
)  # fmt: skip
def is_activated_twice(net: Net, index: int) -> bool:
    """Finds an activation behind the same one, or behind one that is fused into a layer, dropout between or not."""
    source = net.source(index)
    while net.layers[source].family == "dropout":
        source = net.source(source)
    first, second = net.activation(source), net.activation(index)
    return "linear" not in (first, second) and (first == second or net.layers[source].family != "activation")


@rule(
    "dropout-and-batch-norm", "dropout",
    message="dropout stands in a net with batch normalisation",
    explanation="The course notes advise against both in one net: dropout changes the variance between training and "
    "use, and batch normalisation relies on it (Li et al., \"Understanding the Disharmony between Dropout and Batch "
    "Normalization\", 2018). Published nets have both; a first net of one's own better has one.",
    example="input: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3, use_bias: false}\n"
    "  - BatchNormalization\n  - ReLU\n  - Flatten\n  - Dropout: 0.5\n  - Dense: 10\n",
    better="input: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3, use_bias: false}\n"
    "  - BatchNormalization\n  - ReLU\n  - Flatten\n  - Dense: 10\n",
)  # fmt: skip
def is_beside_batch_norm(net: Net, index: int) -> bool:
    """Finds dropout in a net with batch normalisation; what stands in a `Model` is another net's."""
    return "batch normalization" in net.families


@rule(
    "same-padding-on-pooling", "pooling",
    message="a pooling layer has padding: same",
    explanation="The course notes advise against padding where a map is made smaller: the padded border says "
    "nothing, and the average of a window that lies half outside is another one. With stride 1, where the padding "
    "keeps the size for a merge, it is in place.",
    example="input: [8, 8, 3]\nlayers:\n  - MaxPooling2D: {pool_size: 3, strides: 2, padding: same}\n",
    better="input: [8, 8, 3]\nlayers:\n  - MaxPooling2D: 2\n",
)  # fmt: skip
def pads_a_pooling(net: Net, index: int) -> bool:
    """Finds a pooling layer with `same` padding and a stride."""
    layer = net.layers[index]
    return isinstance(layer, WindowLayer) and layer.window()[3] == "same" and max(layer.window()[1]) > 1


@rule(
    "pooling-window-of-one", "pooling",
    message="the window of a pooling layer is 1: it takes the maximum, or average, of a single value",
    explanation="A window of 1 changes nothing with stride 1, and with a larger stride it leaves positions out, "
    "unseen. Mostly the arguments are in the wrong order, or one of them is missing.",
    example="input: [8, 8, 3]\nlayers:\n  - MaxPooling2D: 1\n",
    better="input: [8, 8, 3]\nlayers:\n  - MaxPooling2D: 2\n",
)  # fmt: skip
def pools_single_values(net: Net, index: int) -> bool:
    """Finds a pooling layer whose window has one element."""
    layer = net.layers[index]
    return isinstance(layer, WindowLayer) and max(layer.window()[0]) == 1


@rule(
    "window-on-one-position", "convolution", "pooling",
    message="the map has shrunk to one position before this window: all else in the window is padding",
    explanation="Strides and pooling have made the map 1x1, so that a larger window reads zeros around a single value, "
    "and its other weights never learn. The input is too small for so many steps, or the net too deep for the input.",
    example="input: [4, 4, 3]\nlayers:\n  - MaxPooling2D: 4\n  - Conv2D: {filters: 4, kernel_size: 3, padding: same}\n",
    better="input: [4, 4, 3]\nlayers:\n  - MaxPooling2D: 2\n  - Conv2D: {filters: 4, kernel_size: 3, padding: same}\n",
    in_models=True,
)  # fmt: skip
def reads_one_position(net: Net, index: int) -> bool:
    """Finds a window of more than one element on a map of one position, the model's input apart."""
    layer, read = net.layers[index], net.shape_read(index)
    if not isinstance(layer, WindowLayer) or layer.group == "transposed convolution":
        return False
    return set(read[:-1]) == {1} and max(layer.window()[0]) > 1 and bool(net.nodes[net.source(index)].inputs)
