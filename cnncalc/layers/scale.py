"""One trainable factor per channel: the layer scale of ConvNeXt, the coefficients of LeNet-5's subsampling."""

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.layers import costs
from cnncalc.layers.arguments import ActivationName, Boolean, Positive, argument
from cnncalc.layers.axes import known_size
from cnncalc.layers.base import Layer, Weight, bias_and_activation, times
from cnncalc.layers.saved import INPUT
from cnncalc.tensor import Shape


class Scale(Layer):
    """Each channel times a trainable factor, plus a trainable bias if `use_bias` is set.

    Shape: unchanged. Caffe's Scale; Keras has it as `LayerScale` inside its ConvNeXt. No multiply-accumulate of a
    matrix product is in it: its MACs are 0.
    """

    family = "other"
    example = "{use_bias: true}"
    primary = "use_bias"
    saved_for_backward = INPUT

    use_bias: Boolean = argument(False, "whether a bias is added per channel")
    activation: ActivationName = argument(None, "activation applied to the output")

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        bias = (Weight("beta", "C"),) if self.use_bias else ()
        return (Weight("gamma", "C"), *bias)

    def flops(self, x: Shape) -> str:
        return times(costs.SCALE, "prod(y)") + bias_and_activation(self.use_bias, self.activation)


class LayerScale(Layer):
    """Each channel times a trainable factor that starts near 0, at the end of a residual branch.

    Shape: unchanged. The LayerScale of Keras's and torchvision's ConvNeXt. Touvron et al., "Going deeper with Image
    Transformers" (2021). Neurons and the notes' operations are those of a normalisation.
    """

    family = "normalization"
    primary = "projection_dim"
    ignored = frozenset({"init_values"})
    saved_for_backward = INPUT

    projection_dim: Positive | None = argument(None, "number of channels, as Keras has it written; null: the input's")

    def check_input(self, x: Shape) -> None:
        channels = known_size(self.kind, x, len(x) - 1)
        if self.projection_dim is not None and self.projection_dim != channels:
            raise Problem(
                "shapes-do-not-fit",
                f"projection_dim of LayerScale must be the number of channels, {shown(channels)}",
                expected=shown(channels),
                found=shown(self.projection_dim),
                argument="projection_dim",
                suggestion="leave projection_dim out",
            )

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("gamma", "C"),)

    def flops(self, x: Shape) -> str:
        return times(costs.SCALE, "prod(y)")
