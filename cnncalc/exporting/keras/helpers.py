"""Functions and classes that a program of Keras brings along for what Keras itself does not have."""

from __future__ import annotations

from typing import Final

HELPERS: Final = {
    "Maxout": '''
class Maxout(layers.Layer):
    """The largest of several affine functions per unit."""

    def __init__(self, units, pieces=2, **options):
        super().__init__(**options)
        self.units, self.pieces = units, pieces
        self.dense = layers.Dense(units * pieces)

    def build(self, input_shape):
        self.dense.build(input_shape)

    def call(self, x):
        return ops.max(ops.reshape(self.dense(x), (-1, self.units, self.pieces)), axis=-1)
''',
    "Scale": '''
class Scale(layers.Layer):
    """Each channel times a learned factor, plus a learned bias if there is one."""

    def __init__(self, use_bias=False, activation=None, **options):
        super().__init__(**options)
        self.use_bias, self.activation = use_bias, keras.activations.get(activation)

    def build(self, input_shape):
        channels = input_shape[-1:]
        self.gamma = self.add_weight(shape=channels, initializer="ones", name="gamma")
        if self.use_bias:
            self.beta = self.add_weight(shape=channels, name="beta")

    def call(self, x):
        x = x * self.gamma
        return self.activation(x + self.beta if self.use_bias else x)
''',
    "Parameter": '''
class Parameter(layers.Layer):
    """A learned tensor. What it is called with tells it the batch, and nothing else."""

    def __init__(self, *shape, **options):
        super().__init__(**options)
        self.shape = shape

    def build(self, input_shape):
        self.values = self.add_weight(shape=self.shape, name="values")

    def call(self, x):
        return ops.broadcast_to(self.values, (ops.shape(x)[0], *self.shape))
''',
    "InstanceNormalization": '''
class InstanceNormalization(layers.Layer):
    """Normalises each channel of each sample; PyTorch's layer."""

    def __init__(self, affine=False, track_running_stats=False, **options):
        super().__init__(**options)
        self.affine, self.tracks = affine, track_running_stats

    def build(self, input_shape):
        shape = input_shape[-1:]
        if self.affine:
            self.gamma = self.add_weight(shape=shape, initializer="ones", name="gamma")
            self.beta = self.add_weight(shape=shape, name="beta")
        if self.tracks:
            self.mean = self.add_weight(shape=shape, trainable=False, name="mean")
            self.variance = self.add_weight(
                shape=shape, initializer="ones", trainable=False, name="variance"
            )

    def call(self, x):
        mean, variance = ops.moments(x, tuple(range(1, x.ndim - 1)), keepdims=True)
        x = (x - mean) * ops.rsqrt(variance + 1e-5)
        return x * self.gamma + self.beta if self.affine else x
''',
    "LocalResponseNormalization": '''
class LocalResponseNormalization(layers.Layer):
    """Divides each element by a sum over neighbouring channels, as PyTorch does."""

    def __init__(self, size=5, alpha=1e-4, beta=0.75, k=1.0, **options):
        super().__init__(**options)
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def call(self, x):
        before = self.size // 2
        amounts = [(0, 0)] * (x.ndim - 1) + [(before, self.size - 1 - before)]
        squares = ops.pad(x**2, amounts)
        total = sum(squares[..., i : i + x.shape[-1]] for i in range(self.size))
        return x / (self.k + self.alpha / self.size * total) ** self.beta
''',
    "ChannelShuffle": '''
class ChannelShuffle(layers.Layer):
    """Mixes the groups of channels: the first of each, then the second of each."""

    def __init__(self, groups=2, **options):
        super().__init__(**options)
        self.groups = groups

    def call(self, x):
        channels = x.shape[-1] // self.groups
        grouped = ops.reshape(x, (*ops.shape(x)[:-1], self.groups, channels))
        return ops.reshape(ops.swapaxes(grouped, -1, -2), ops.shape(x))
''',
    "DepthToSpace": '''
class DepthToSpace(layers.Layer):
    """Makes of groups of channels blocks of positions."""

    def __init__(self, block_size=2, **options):
        super().__init__(**options)
        self.size = block_size

    def call(self, x):
        size, channels = self.size, x.shape[-1] // self.size**2
        _, height, width, _ = ops.shape(x)
        x = ops.reshape(x, (-1, height, width, channels, size, size))
        x = ops.transpose(x, (0, 1, 4, 2, 5, 3))
        return ops.reshape(x, (-1, height * size, width * size, channels))

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        sizes = [None if length is None else length * self.size for length in (height, width)]
        return (batch, *sizes, channels // self.size**2)
''',
    "SpaceToDepth": '''
class SpaceToDepth(layers.Layer):
    """Makes of blocks of positions groups of channels."""

    def __init__(self, block_size=2, **options):
        super().__init__(**options)
        self.size = block_size

    def call(self, x):
        size, channels = self.size, x.shape[-1]
        height, width = (length // size for length in ops.shape(x)[1:3])
        x = ops.reshape(x, (-1, height, size, width, size, channels))
        x = ops.transpose(x, (0, 1, 3, 5, 2, 4))
        return ops.reshape(x, (-1, height, width, channels * size**2))

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        sizes = [None if length is None else length // self.size for length in (height, width)]
        return (batch, *sizes, channels * self.size**2)
''',
    "Expand": '''
class Expand(layers.Layer):
    """Repeats what has size 1; -1 keeps a size, and new axes stand in front."""

    def __init__(self, shape, **options):
        super().__init__(**options)
        self.shape = shape

    def call(self, x):
        new = len(self.shape) - x.ndim + 1
        x = ops.expand_dims(x, tuple(range(1, new + 1))) if new else x
        old = ops.shape(x)
        pairs = zip(old[1:], self.shape)
        return ops.broadcast_to(x, (old[0], *(a if b == -1 else b for a, b in pairs)))
''',
    "Elementwise": '''
class Elementwise(layers.Layer):
    """A function of keras.ops of each element, with a constant if it takes one."""

    def __init__(self, op, value=None, **options):
        super().__init__(**options)
        self.op, self.values = getattr(ops, op), () if value is None else (value,)

    def call(self, x):
        return self.op(x, *self.values)
''',
}  # fmt: skip
"""The source of each, by its name."""
