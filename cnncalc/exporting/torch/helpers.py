"""Functions and classes that a program of PyTorch brings along for what PyTorch itself does not have."""

from __future__ import annotations

from typing import Final

HELPERS: Final = {
    "without": '''
def without(module, *names):
    """Takes parameters away from a module that PyTorch has with all of them or none."""
    for name in names:
        module.register_parameter(name, None)
    return module
''',
    "one_bias": '''
def one_bias(module):
    """Takes the second of a recurrent module's two biases away: Keras has one."""
    for name in [name for name, _ in module.named_parameters() if "bias_hh" in name]:
        zeros = torch.zeros_like(getattr(module, name))
        delattr(module, name)
        module.register_buffer(name, zeros, persistent=False)
    return module
''',
    "whole_map": '''
def whole_map(x, regions):
    """Boxes around the whole map, in place of those that a detector would propose."""
    height, width = x.shape[-2:]
    return [x.new_tensor([[0, 0, width, height]]).expand(regions, 4)] * len(x)
''',
    "softmax_over": '''
def softmax_over(x, axes):
    """The softmax over several axes."""
    x = (x - x.amax(axes, keepdim=True)).exp()
    return x / x.sum(axes, keepdim=True)
''',
    "SamePadding": '''
class SamePadding(nn.Module):
    """Pads as `same` does in Keras, whatever size is read: the smaller half stands before."""

    def __init__(self, kernel_size, stride=1, dilation=1, value=0.0):
        super().__init__()
        self.window, self.value = (kernel_size, stride, dilation), value

    def forward(self, x):
        pads = []
        for axis, size in enumerate(x.shape[2:]):
            window = (n if isinstance(n, int) else n[axis] for n in self.window)
            kernel, stride, dilation = window
            wanted = (-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1
            total = max(wanted - size, 0)
            pads = [total // 2, total - total // 2, *pads]
        return nn.functional.pad(x, pads, value=self.value)
''',
    "TimeDistributed": '''
class TimeDistributed(nn.Module):
    """Applies a module to every step of a sequence."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return self.module(x.flatten(0, 1)).unflatten(0, x.shape[:2])
''',
    "MultiHeadAttention": '''
class MultiHeadAttention(nn.Module):
    """Attention with heads of any size: queries, values and keys as in Keras."""

    def __init__(self, sizes, heads, key_dim, value_dim, bias=True):
        super().__init__()
        query_size, value_size, key_size = sizes
        self.heads = heads
        self.query = nn.Linear(query_size, heads * key_dim, bias)
        self.key = nn.Linear(key_size, heads * key_dim, bias)
        self.value = nn.Linear(value_size, heads * value_dim, bias)
        self.output = nn.Linear(heads * value_dim, query_size, bias)

    def forward(self, query, value, key):
        pairs = (self.query, query), (self.key, key), (self.value, value)
        q, k, v = (f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for f, x in pairs)
        x = nn.functional.scaled_dot_product_attention(q, k, v)
        return self.output(x.transpose(1, 2).flatten(-2))
''',
    "Maxout": '''
class Maxout(nn.Module):
    """The largest of several affine functions per unit."""

    def __init__(self, in_features, units, pieces=2):
        super().__init__()
        self.shape = (units, pieces)
        self.linear = nn.Linear(in_features, units * pieces)

    def forward(self, x):
        return self.linear(x).unflatten(-1, self.shape).amax(-1)
''',
    "Scale": '''
class Scale(nn.Module):
    """Each channel times a learned factor, plus a learned bias if there is one."""

    def __init__(self, channels, bias=False):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels)) if bias else None

    def forward(self, x):
        x = x * self.weight
        return x if self.bias is None else x + self.bias
''',
    "PReLU": '''
class PReLU(nn.Module):
    """A learned slope below 0 for each place of a sample, or for those that share it."""

    def __init__(self, *shape):
        super().__init__()
        self.weight = nn.Parameter(torch.full(shape, 0.25))

    def forward(self, x):
        return torch.where(x > 0, x, self.weight * x)
''',
    "Normalization": '''
class Normalization(nn.Module):
    """Normalises by the mean and variance of data that was seen before."""

    def __init__(self, *shape):
        super().__init__()
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("variance", torch.ones(shape))
        self.register_buffer("count", torch.zeros(1))

    def forward(self, x):
        return (x - self.mean) / self.variance.sqrt()
''',
    "Standardization": '''
class Standardization(nn.Module):
    """Normalises by a mean and a variance that are known."""

    def __init__(self, mean, variance):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("variance", torch.tensor(variance), persistent=False)

    def forward(self, x):
        return (x - self.mean) / self.variance**0.5
''',
    "RMSScaling": '''
class RMSScaling(nn.Module):
    """Keras's LayerNormalization with rms_scaling: divides by the deviation, and scales."""

    def __init__(self, *shape):
        super().__init__()
        self.axes = tuple(range(-len(shape), 0))
        self.weight = nn.Parameter(torch.ones(shape))

    def forward(self, x):
        variance = x.var(self.axes, unbiased=False, keepdim=True)
        return x * torch.rsqrt(variance + 1e-3) * self.weight
''',
    "GaussianNoise": '''
class GaussianNoise(nn.Module):
    """Adds noise during training."""

    def __init__(self, stddev):
        super().__init__()
        self.stddev = stddev

    def forward(self, x):
        return x + self.stddev * torch.randn_like(x) if self.training else x
''',
    "GaussianDropout": '''
class GaussianDropout(nn.Module):
    """Multiplies by noise during training."""

    def __init__(self, rate):
        super().__init__()
        self.stddev = (rate / (1 - rate)) ** 0.5

    def forward(self, x):
        return x * (1 + self.stddev * torch.randn_like(x)) if self.training else x
''',
    "Sparsemax": '''
class Sparsemax(nn.Module):
    """Like softmax, with entries that are 0."""

    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        x = x.movedim(self.dim, -1)
        ordered = x.sort(-1, descending=True).values
        count = torch.arange(1, x.shape[-1] + 1, device=x.device)
        above = ordered * count > ordered.cumsum(-1) - 1
        size = above.sum(-1, keepdim=True)
        threshold = ((ordered * above).sum(-1, keepdim=True) - 1) / size
        return (x - threshold).relu().movedim(-1, self.dim)
''',
    "Elementwise": '''
class Elementwise(nn.Module):
    """A function of each element."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)
''',
}  # fmt: skip
"""The source of each, by its name."""

IDENTITIES: Final = {
    "ActivityRegularization": "Keras adds a penalty to the loss here; in PyTorch the training loop does.",
    "Masking": "Keras marks the steps that later layers leave out.",
    "augmentation": "Training data is changed here; in PyTorch torchvision.transforms does it.",
}
"""What changes nothing but in training, and has no module in PyTorch, by kind or family."""


def identity(kind: str, why: str) -> str:
    """Writes a class that passes its input on, under the name that Keras has for it."""
    return f'class {kind}(nn.Identity):\n    """{why}"""\n'
