"""One trainable factor per channel: the layer scale of ConvNeXt, the coefficients of LeNet-5's subsampling."""

from cnncalc.layers import costs
from cnncalc.layers.arguments import ActivationName, Boolean, argument
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
