"""MobileNet v3 small in Keras, written by cnncalc."""

import keras
from keras import layers


def squeeze_excitation(x, squeezed, *, name):
    channels = x.shape[-1]
    gate = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_avg_pool")(x)
    gate = layers.Conv2D(squeezed, 1, padding="same", name=f"{name}_conv")(gate)
    gate = layers.ReLU(name=f"{name}_relu")(gate)
    gate = layers.Conv2D(channels, 1, padding="same", name=f"{name}_conv_1")(gate)
    gate = layers.Activation("hard_sigmoid", name=f"{name}_activation")(gate)
    return layers.Multiply(name=f"{name}_mul")([x, gate])


def inverted_residual(
    inputs,
    filters,
    expanded,
    kernel_size=3,
    stride=1,
    squeezed=0,
    activation="hard_silu",
    residual=False,
    *,
    name,
):
    x = inputs
    if expanded > 0:
        x = layers.Conv2D(
            expanded,
            1,
            padding="same",
            use_bias=False,
            name=f"{name}_expand",
        )(x)
        x = layers.BatchNormalization(name=f"{name}_expand_bn")(x)
        x = layers.Activation(activation, name=f"{name}_activation")(x)
    x = layers.DepthwiseConv2D(
        kernel_size,
        strides=stride,
        padding="same",
        use_bias=False,
        name=f"{name}_depthwise",
    )(x)
    x = layers.BatchNormalization(name=f"{name}_depthwise_bn")(x)
    x = layers.Activation(activation, name=f"{name}_activation_2")(x)
    if squeezed > 0:
        x = squeeze_excitation(x, squeezed, name=f"{name}_squeeze_excite")
    x = layers.Conv2D(
        filters,
        1,
        padding="same",
        use_bias=False,
        name=f"{name}_project",
    )(x)
    x = layers.BatchNormalization(name=f"{name}_project_bn")(x)
    if residual:
        x = layers.Add(name=f"{name}_add")([inputs, x])
    return x


def build_model():
    """Builds the net."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.Rescaling(2 / 255, offset=-1, name="rescaling")(inputs)
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    x = layers.BatchNormalization(name="conv_bn")(x)
    x = layers.Activation("hard_silu", name="activation")(x)
    x = inverted_residual(
        x,
        16,
        0,
        stride=2,
        squeezed=8,
        activation="relu",
        name="expanded_conv",
    )
    x = inverted_residual(
        x,
        24,
        72,
        stride=2,
        activation="relu",
        name="expanded_conv_1",
    )
    x = inverted_residual(
        x,
        24,
        88,
        activation="relu",
        residual=True,
        name="expanded_conv_2",
    )
    x = inverted_residual(
        x,
        40,
        96,
        kernel_size=5,
        stride=2,
        squeezed=24,
        name="expanded_conv_3",
    )
    x = inverted_residual(
        x,
        40,
        240,
        kernel_size=5,
        squeezed=64,
        residual=True,
        name="expanded_conv_4",
    )
    x = inverted_residual(
        x,
        40,
        240,
        kernel_size=5,
        squeezed=64,
        residual=True,
        name="expanded_conv_5",
    )
    x = inverted_residual(
        x,
        48,
        120,
        kernel_size=5,
        squeezed=32,
        name="expanded_conv_6",
    )
    x = inverted_residual(
        x,
        48,
        144,
        kernel_size=5,
        squeezed=40,
        residual=True,
        name="expanded_conv_7",
    )
    x = inverted_residual(
        x,
        96,
        288,
        kernel_size=5,
        stride=2,
        squeezed=72,
        name="expanded_conv_8",
    )
    x = inverted_residual(
        x,
        96,
        576,
        kernel_size=5,
        squeezed=144,
        residual=True,
        name="expanded_conv_9",
    )
    x = inverted_residual(
        x,
        96,
        576,
        kernel_size=5,
        squeezed=144,
        residual=True,
        name="expanded_conv_10",
    )
    x = layers.Conv2D(576, 1, padding="same", use_bias=False, name="conv_1")(x)
    x = layers.BatchNormalization(name="conv_1_bn")(x)
    x = layers.Activation("hard_silu", name="activation_1")(x)
    x = layers.GlobalAveragePooling2D(keepdims=True, name="global_average_pooling2d")(x)
    x = layers.Conv2D(1024, 1, padding="same", name="conv_2")(x)
    x = layers.Activation("hard_silu", name="activation_2")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    x = layers.Conv2D(1000, 1, padding="same", name="logits")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Softmax(name="predictions")(x)
    return keras.Model(inputs, x, name="MobileNet_v3_small")


FIGURES = [  # of each layer: its name, its parameters, its output shape
    ("rescaling", 0, (224, 224, 3)),
    ("conv", 432, (112, 112, 16)),
    ("conv_bn", 64, (112, 112, 16)),
    ("activation", 0, (112, 112, 16)),
    ("expanded_conv_depthwise", 144, (56, 56, 16)),
    ("expanded_conv_depthwise_bn", 64, (56, 56, 16)),
    ("expanded_conv_activation_2", 0, (56, 56, 16)),
    ("expanded_conv_squeeze_excite_avg_pool", 0, (1, 1, 16)),
    ("expanded_conv_squeeze_excite_conv", 136, (1, 1, 8)),
    ("expanded_conv_squeeze_excite_relu", 0, (1, 1, 8)),
    ("expanded_conv_squeeze_excite_conv_1", 144, (1, 1, 16)),
    ("expanded_conv_squeeze_excite_activation", 0, (1, 1, 16)),
    ("expanded_conv_squeeze_excite_mul", 0, (56, 56, 16)),
    ("expanded_conv_project", 256, (56, 56, 16)),
    ("expanded_conv_project_bn", 64, (56, 56, 16)),
    ("expanded_conv_1_expand", 1152, (56, 56, 72)),
    ("expanded_conv_1_expand_bn", 288, (56, 56, 72)),
    ("expanded_conv_1_activation", 0, (56, 56, 72)),
    ("expanded_conv_1_depthwise", 648, (28, 28, 72)),
    ("expanded_conv_1_depthwise_bn", 288, (28, 28, 72)),
    ("expanded_conv_1_activation_2", 0, (28, 28, 72)),
    ("expanded_conv_1_project", 1728, (28, 28, 24)),
    ("expanded_conv_1_project_bn", 96, (28, 28, 24)),
    ("expanded_conv_2_expand", 2112, (28, 28, 88)),
    ("expanded_conv_2_expand_bn", 352, (28, 28, 88)),
    ("expanded_conv_2_activation", 0, (28, 28, 88)),
    ("expanded_conv_2_depthwise", 792, (28, 28, 88)),
    ("expanded_conv_2_depthwise_bn", 352, (28, 28, 88)),
    ("expanded_conv_2_activation_2", 0, (28, 28, 88)),
    ("expanded_conv_2_project", 2112, (28, 28, 24)),
    ("expanded_conv_2_project_bn", 96, (28, 28, 24)),
    ("expanded_conv_2_add", 0, (28, 28, 24)),
    ("expanded_conv_3_expand", 2304, (28, 28, 96)),
    ("expanded_conv_3_expand_bn", 384, (28, 28, 96)),
    ("expanded_conv_3_activation", 0, (28, 28, 96)),
    ("expanded_conv_3_depthwise", 2400, (14, 14, 96)),
    ("expanded_conv_3_depthwise_bn", 384, (14, 14, 96)),
    ("expanded_conv_3_activation_2", 0, (14, 14, 96)),
    ("expanded_conv_3_squeeze_excite_avg_pool", 0, (1, 1, 96)),
    ("expanded_conv_3_squeeze_excite_conv", 2328, (1, 1, 24)),
    ("expanded_conv_3_squeeze_excite_relu", 0, (1, 1, 24)),
    ("expanded_conv_3_squeeze_excite_conv_1", 2400, (1, 1, 96)),
    ("expanded_conv_3_squeeze_excite_activation", 0, (1, 1, 96)),
    ("expanded_conv_3_squeeze_excite_mul", 0, (14, 14, 96)),
    ("expanded_conv_3_project", 3840, (14, 14, 40)),
    ("expanded_conv_3_project_bn", 160, (14, 14, 40)),
    ("expanded_conv_4_expand", 9600, (14, 14, 240)),
    ("expanded_conv_4_expand_bn", 960, (14, 14, 240)),
    ("expanded_conv_4_activation", 0, (14, 14, 240)),
    ("expanded_conv_4_depthwise", 6000, (14, 14, 240)),
    ("expanded_conv_4_depthwise_bn", 960, (14, 14, 240)),
    ("expanded_conv_4_activation_2", 0, (14, 14, 240)),
    ("expanded_conv_4_squeeze_excite_avg_pool", 0, (1, 1, 240)),
    ("expanded_conv_4_squeeze_excite_conv", 15424, (1, 1, 64)),
    ("expanded_conv_4_squeeze_excite_relu", 0, (1, 1, 64)),
    ("expanded_conv_4_squeeze_excite_conv_1", 15600, (1, 1, 240)),
    ("expanded_conv_4_squeeze_excite_activation", 0, (1, 1, 240)),
    ("expanded_conv_4_squeeze_excite_mul", 0, (14, 14, 240)),
    ("expanded_conv_4_project", 9600, (14, 14, 40)),
    ("expanded_conv_4_project_bn", 160, (14, 14, 40)),
    ("expanded_conv_4_add", 0, (14, 14, 40)),
    ("expanded_conv_5_expand", 9600, (14, 14, 240)),
    ("expanded_conv_5_expand_bn", 960, (14, 14, 240)),
    ("expanded_conv_5_activation", 0, (14, 14, 240)),
    ("expanded_conv_5_depthwise", 6000, (14, 14, 240)),
    ("expanded_conv_5_depthwise_bn", 960, (14, 14, 240)),
    ("expanded_conv_5_activation_2", 0, (14, 14, 240)),
    ("expanded_conv_5_squeeze_excite_avg_pool", 0, (1, 1, 240)),
    ("expanded_conv_5_squeeze_excite_conv", 15424, (1, 1, 64)),
    ("expanded_conv_5_squeeze_excite_relu", 0, (1, 1, 64)),
    ("expanded_conv_5_squeeze_excite_conv_1", 15600, (1, 1, 240)),
    ("expanded_conv_5_squeeze_excite_activation", 0, (1, 1, 240)),
    ("expanded_conv_5_squeeze_excite_mul", 0, (14, 14, 240)),
    ("expanded_conv_5_project", 9600, (14, 14, 40)),
    ("expanded_conv_5_project_bn", 160, (14, 14, 40)),
    ("expanded_conv_5_add", 0, (14, 14, 40)),
    ("expanded_conv_6_expand", 4800, (14, 14, 120)),
    ("expanded_conv_6_expand_bn", 480, (14, 14, 120)),
    ("expanded_conv_6_activation", 0, (14, 14, 120)),
    ("expanded_conv_6_depthwise", 3000, (14, 14, 120)),
    ("expanded_conv_6_depthwise_bn", 480, (14, 14, 120)),
    ("expanded_conv_6_activation_2", 0, (14, 14, 120)),
    ("expanded_conv_6_squeeze_excite_avg_pool", 0, (1, 1, 120)),
    ("expanded_conv_6_squeeze_excite_conv", 3872, (1, 1, 32)),
    ("expanded_conv_6_squeeze_excite_relu", 0, (1, 1, 32)),
    ("expanded_conv_6_squeeze_excite_conv_1", 3960, (1, 1, 120)),
    ("expanded_conv_6_squeeze_excite_activation", 0, (1, 1, 120)),
    ("expanded_conv_6_squeeze_excite_mul", 0, (14, 14, 120)),
    ("expanded_conv_6_project", 5760, (14, 14, 48)),
    ("expanded_conv_6_project_bn", 192, (14, 14, 48)),
    ("expanded_conv_7_expand", 6912, (14, 14, 144)),
    ("expanded_conv_7_expand_bn", 576, (14, 14, 144)),
    ("expanded_conv_7_activation", 0, (14, 14, 144)),
    ("expanded_conv_7_depthwise", 3600, (14, 14, 144)),
    ("expanded_conv_7_depthwise_bn", 576, (14, 14, 144)),
    ("expanded_conv_7_activation_2", 0, (14, 14, 144)),
    ("expanded_conv_7_squeeze_excite_avg_pool", 0, (1, 1, 144)),
    ("expanded_conv_7_squeeze_excite_conv", 5800, (1, 1, 40)),
    ("expanded_conv_7_squeeze_excite_relu", 0, (1, 1, 40)),
    ("expanded_conv_7_squeeze_excite_conv_1", 5904, (1, 1, 144)),
    ("expanded_conv_7_squeeze_excite_activation", 0, (1, 1, 144)),
    ("expanded_conv_7_squeeze_excite_mul", 0, (14, 14, 144)),
    ("expanded_conv_7_project", 6912, (14, 14, 48)),
    ("expanded_conv_7_project_bn", 192, (14, 14, 48)),
    ("expanded_conv_7_add", 0, (14, 14, 48)),
    ("expanded_conv_8_expand", 13824, (14, 14, 288)),
    ("expanded_conv_8_expand_bn", 1152, (14, 14, 288)),
    ("expanded_conv_8_activation", 0, (14, 14, 288)),
    ("expanded_conv_8_depthwise", 7200, (7, 7, 288)),
    ("expanded_conv_8_depthwise_bn", 1152, (7, 7, 288)),
    ("expanded_conv_8_activation_2", 0, (7, 7, 288)),
    ("expanded_conv_8_squeeze_excite_avg_pool", 0, (1, 1, 288)),
    ("expanded_conv_8_squeeze_excite_conv", 20808, (1, 1, 72)),
    ("expanded_conv_8_squeeze_excite_relu", 0, (1, 1, 72)),
    ("expanded_conv_8_squeeze_excite_conv_1", 21024, (1, 1, 288)),
    ("expanded_conv_8_squeeze_excite_activation", 0, (1, 1, 288)),
    ("expanded_conv_8_squeeze_excite_mul", 0, (7, 7, 288)),
    ("expanded_conv_8_project", 27648, (7, 7, 96)),
    ("expanded_conv_8_project_bn", 384, (7, 7, 96)),
    ("expanded_conv_9_expand", 55296, (7, 7, 576)),
    ("expanded_conv_9_expand_bn", 2304, (7, 7, 576)),
    ("expanded_conv_9_activation", 0, (7, 7, 576)),
    ("expanded_conv_9_depthwise", 14400, (7, 7, 576)),
    ("expanded_conv_9_depthwise_bn", 2304, (7, 7, 576)),
    ("expanded_conv_9_activation_2", 0, (7, 7, 576)),
    ("expanded_conv_9_squeeze_excite_avg_pool", 0, (1, 1, 576)),
    ("expanded_conv_9_squeeze_excite_conv", 83088, (1, 1, 144)),
    ("expanded_conv_9_squeeze_excite_relu", 0, (1, 1, 144)),
    ("expanded_conv_9_squeeze_excite_conv_1", 83520, (1, 1, 576)),
    ("expanded_conv_9_squeeze_excite_activation", 0, (1, 1, 576)),
    ("expanded_conv_9_squeeze_excite_mul", 0, (7, 7, 576)),
    ("expanded_conv_9_project", 55296, (7, 7, 96)),
    ("expanded_conv_9_project_bn", 384, (7, 7, 96)),
    ("expanded_conv_9_add", 0, (7, 7, 96)),
    ("expanded_conv_10_expand", 55296, (7, 7, 576)),
    ("expanded_conv_10_expand_bn", 2304, (7, 7, 576)),
    ("expanded_conv_10_activation", 0, (7, 7, 576)),
    ("expanded_conv_10_depthwise", 14400, (7, 7, 576)),
    ("expanded_conv_10_depthwise_bn", 2304, (7, 7, 576)),
    ("expanded_conv_10_activation_2", 0, (7, 7, 576)),
    ("expanded_conv_10_squeeze_excite_avg_pool", 0, (1, 1, 576)),
    ("expanded_conv_10_squeeze_excite_conv", 83088, (1, 1, 144)),
    ("expanded_conv_10_squeeze_excite_relu", 0, (1, 1, 144)),
    ("expanded_conv_10_squeeze_excite_conv_1", 83520, (1, 1, 576)),
    ("expanded_conv_10_squeeze_excite_activation", 0, (1, 1, 576)),
    ("expanded_conv_10_squeeze_excite_mul", 0, (7, 7, 576)),
    ("expanded_conv_10_project", 55296, (7, 7, 96)),
    ("expanded_conv_10_project_bn", 384, (7, 7, 96)),
    ("expanded_conv_10_add", 0, (7, 7, 96)),
    ("conv_1", 55296, (7, 7, 576)),
    ("conv_1_bn", 2304, (7, 7, 576)),
    ("activation_1", 0, (7, 7, 576)),
    ("global_average_pooling2d", 0, (1, 1, 576)),
    ("conv_2", 590848, (1, 1, 1024)),
    ("activation_2", 0, (1, 1, 1024)),
    ("dropout", 0, (1, 1, 1024)),
    ("logits", 1025000, (1, 1, 1000)),
    ("flatten", 0, (1000,)),
    ("predictions", 0, (1000,)),
]

if __name__ == "__main__":
    model = build_model()
    for name, parameters, shape in FIGURES:
        layer = model.get_layer(name)
        assert layer.count_params() == parameters, name
        assert shape is None or layer.output.shape[1:] == shape, name
    print(f"{model.name}: {model.count_params():,} parameters, every layer as expected")
