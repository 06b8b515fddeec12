"""Warnings about the net as a whole: its receptive field, what is frozen, what nothing reads, models in it."""

from __future__ import annotations

from cnncalc.warnings.net import Net
from cnncalc.warnings.registry import declare, rule

MODEL = "input: [224, 224, 3]\nlayers:\n  - Model: {spec: vgg16"


@rule(
    "field-smaller-than-input", "global pooling", "convolution", "pooling",
    message="no position of the last map sees the whole input",
    explanation="The receptive field of the last map is smaller than the input: what stands far apart in the image "
    "meets nowhere before the average over all positions. More layers, strides or larger windows make the field "
    "larger; `cnncalc rf` shows how it grows.",
    example="input: [32, 32, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3, activation: relu}\n"
    "  - GlobalAveragePooling2D\n  - Dense: 10\n",
    better="input: [32, 32, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 8, strides: 4, activation: relu}\n"
    "  - Conv2D: {filters: 8, kernel_size: 7, activation: relu}\n  - Conv2D: {filters: 8, kernel_size: 1}\n"
    "  - GlobalAveragePooling2D\n",
)  # fmt: skip
def misses_the_input(net: Net, index: int) -> bool:
    """Finds the global pooling of a classifier, or an output of one position, that reads too small a field."""
    if net.layers[index].family == "global pooling":
        return net.is_head[index] and net.covers(net.source(index)) is False
    return index in net.results and set(net.outputs[index].shape[:-1]) == {1} and net.covers(index) is False


@rule(
    "freezes-nothing", "activation", "batch normalization", "convolution", "data movement", "dense", "dropout",
    "flatten", "global pooling", "merge", "normalization", "other", "pooling",
    message="`trainable` changes nothing here",
    explanation="`trainable: false` stands on something without weights that could be trained, or `trainable: true` "
    "on a layer that the block or model around it has frozen: what is frozen outside stays frozen inside.",
    example="input: [8, 8, 3]\nlayers:\n  - MaxPooling2D: {pool_size: 2, trainable: false}\n  - Flatten\n  - "
    "Dense: 10\n",
    better="input: [8, 8, 3]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3, trainable: false}\n"
    "  - MaxPooling2D: 2\n  - Flatten\n  - Dense: 10\n",
)  # fmt: skip
def freezes_nothing(net: Net, index: int) -> bool:
    """Finds a layer whose own `trainable` changes nothing; of a `Parameter` it is what makes it a constant."""
    node = net.nodes[index]
    written = node.item.trainable.value if node.item is not None and node.item.trainable is not None else None
    if written is True:
        return node.frozen
    return written is False and bool(node.inputs) and not net.has_trainable_weights(index)


@rule(
    "classifier-kept", "batch normalization", "convolution", "dense", "dropout", "flatten", "normalization",
    message="it reads the class scores of a Model: the classifier of the pretrained net was kept",
    explanation="Transfer learning takes the features of a pretrained net and puts a new classifier behind them. "
    "Without `until` the old classifier is still there, and the new one learns from 1,000 probabilities. `until: "
    "NAME` cuts the model after its last feature map; `cnncalc summary` of the model lists the names.",
    example=f"{MODEL}, trainable: false}}\n  - Dense: 10\n",
    better=f"{MODEL}, until: block5_pool, trainable: false}}\n  - Flatten\n  - Dense: 10\n",
)  # fmt: skip
def reads_a_classifier(net: Net, index: int) -> bool:
    """Finds a layer that reads the last Dense layer of a shipped model, or the softmax behind it."""
    source = net.source(index)
    model = net.model_around(net.nodes[source].instance)
    if model is None or model is net.model_around(net.nodes[index].instance):
        return False
    if net.activation(source) not in ("linear", "softmax", "sigmoid") or "/" in (model.identity or "/"):
        return False
    if net.layers[source].family == "activation":
        source = net.source(source)
    return net.layers[source].family == "dense"


declare(
    "defaults-end-at-model",
    message="the file's defaults for this kind do not reach into the Model",
    explanation="A Model is a net of its own: the `defaults` of the file around it change nothing in it. Those "
    "that stand beside its `spec` do.",
    example="input: [224, 224, 3]\ndefaults: {Conv2D: {use_bias: false}}\nlayers:\n"
    "  - Model: {spec: vgg16, until: block5_pool}\n",
    better="input: [224, 224, 3]\nlayers:\n  - Model: {spec: vgg16, until: block5_pool}\n",
)
declare(
    "unread",
    message="nothing reads it, and it is no output",
    explanation="The item is counted, and what comes out of it is lost. Mostly a `from` behind it names another "
    "item, or it should stand in `outputs`.",
    example="input: 4\nlayers:\n  - Dense: {units: 3, name: a}\n  - Dense: {units: 2, from: input}\n",
    better="input: 4\nlayers:\n  - Dense: {units: 3, name: a}\n  - Dense: 2\n",
)
declare(
    "not-counted",
    message="the operations of a layer are not counted",
    explanation="What the layer computes depends on what is not known here, such as how many regions overlap. The "
    "totals are those of all other layers.",
    example="input: [32, 32, 16]\nlayers:\n  - RoIPooling: {pool_size: 7, regions: 10}\n",
    better="input: [32, 32, 16]\nlayers:\n  - MaxPooling2D: 2\n",
)
declare(
    "not-read",
    message="something in the file of another format could not be read, or has no counterpart",
    explanation="A file of another framework says more than a spec can: what was left out, or stands in the net as an "
    "`Opaque` layer, is listed. Shapes and parameters are those that the file declares.",
    example="",
    better="",
)
declare(
    "not-known-to-profiler",
    message="what a profiler counts for a layer is not known",
    explanation="The profiler was not measured on such a layer, and nothing is guessed: its total is that of all other "
    "layers.",
    example="# $ cnncalc summary net.yaml --counter tensorflow\ninput: [8, 8, 3]\nlayers: [LayerNormalization]\n",
    better="# $ cnncalc summary net.yaml --counter torch\ninput: [8, 8, 3]\nlayers: [LayerNormalization]\n",
)
