"""MobileNet v3 small in Keras, written by cnncalc."""

import keras
from keras import layers


def squeeze_excitation(x, squeezed, *, name):
    channels = x.shape[-1]
    gate = layers.GlobalAveragePooling2D(
        keepdims=True,
        name=f"{name}_global_average_pooling2d",
    )(x)
    gate = layers.Conv2D(squeezed, 1, padding="same", name=f"{name}_conv2d")(gate)
    gate = layers.ReLU(name=f"{name}_re_lu")(gate)
    gate = layers.Conv2D(channels, 1, padding="same", name=f"{name}_conv2d_1")(gate)
    gate = layers.Activation("hard_sigmoid", name=f"{name}_activation")(gate)
    return layers.Multiply(name=f"{name}_multiply")([x, gate])


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
            name=f"{name}_conv2d",
        )(x)
        x = layers.BatchNormalization(name=f"{name}_batch_normalization")(x)
        x = layers.Activation(activation, name=f"{name}_activation")(x)
    x = layers.DepthwiseConv2D(
        kernel_size,
        strides=stride,
        padding="same",
        use_bias=False,
        name=f"{name}_depthwise_conv2d",
    )(x)
    x = layers.BatchNormalization(name=f"{name}_batch_normalization_2")(x)
    x = layers.Activation(activation, name=f"{name}_activation_2")(x)
    if squeezed > 0:
        x = squeeze_excitation(x, squeezed, name=f"{name}_squeeze_excitation")
    x = layers.Conv2D(
        filters,
        1,
        padding="same",
        use_bias=False,
        name=f"{name}_conv2d_2",
    )(x)
    x = layers.BatchNormalization(name=f"{name}_batch_normalization_1")(x)
    if residual:
        x = layers.Add(name=f"{name}_add")([inputs, x])
    return x


def build_model():
    """Builds the net."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.Rescaling(2 / 255, offset=-1, name="rescaling")(inputs)
    x = layers.Conv2D(
        16,
        3,
        strides=2,
        padding="same",
        use_bias=False,
        name="conv2d",
    )(x)
    x = layers.BatchNormalization(name="batch_normalization")(x)
    x = layers.Activation("hard_silu", name="activation")(x)
    x = inverted_residual(
        x,
        16,
        0,
        stride=2,
        squeezed=8,
        activation="relu",
        name="block1",
    )
    x = inverted_residual(x, 24, 72, stride=2, activation="relu", name="block2")
    x = inverted_residual(x, 24, 88, activation="relu", residual=True, name="block3")
    x = inverted_residual(
        x,
        40,
        96,
        kernel_size=5,
        stride=2,
        squeezed=24,
        name="block4",
    )
    for i in range(1, 3):
        x = inverted_residual(
            x,
            40,
            240,
            kernel_size=5,
            squeezed=64,
            residual=True,
            name=f"block5_{i}",
        )
    x = inverted_residual(x, 48, 120, kernel_size=5, squeezed=32, name="block6")
    x = inverted_residual(
        x,
        48,
        144,
        kernel_size=5,
        squeezed=40,
        residual=True,
        name="block7",
    )
    x = inverted_residual(
        x,
        96,
        288,
        kernel_size=5,
        stride=2,
        squeezed=72,
        name="block8",
    )
    for i in range(1, 3):
        x = inverted_residual(
            x,
            96,
            576,
            kernel_size=5,
            squeezed=144,
            residual=True,
            name=f"block9_{i}",
        )
    x = layers.Conv2D(576, 1, padding="same", use_bias=False, name="conv2d_1")(x)
    x = layers.BatchNormalization(name="batch_normalization_1")(x)
    x = layers.Activation("hard_silu", name="activation_1")(x)
    x = layers.GlobalAveragePooling2D(keepdims=True, name="global_average_pooling2d")(x)
    x = layers.Conv2D(1024, 1, padding="same", name="conv2d_2")(x)
    x = layers.Activation("hard_silu", name="activation_2")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    x = layers.Conv2D(1000, 1, padding="same", name="conv2d_3")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Softmax(name="softmax")(x)
    return keras.Model(inputs, x, name="MobileNet_v3_small")


FIGURES = [  # of each layer: its name, its parameters, its output shape
    ("rescaling", 0, (224, 224, 3)),
    ("conv2d", 432, (112, 112, 16)),
    ("batch_normalization", 64, (112, 112, 16)),
    ("activation", 0, (112, 112, 16)),
    ("block1_depthwise_conv2d", 144, (56, 56, 16)),
    ("block1_batch_normalization_2", 64, (56, 56, 16)),
    ("block1_activation_2", 0, (56, 56, 16)),
    ("block1_squeeze_excitation_global_average_pooling2d", 0, (1, 1, 16)),
    ("block1_squeeze_excitation_conv2d", 136, (1, 1, 8)),
    ("block1_squeeze_excitation_re_lu", 0, (1, 1, 8)),
    ("block1_squeeze_excitation_conv2d_1", 144, (1, 1, 16)),
    ("block1_squeeze_excitation_activation", 0, (1, 1, 16)),
    ("block1_squeeze_excitation_multiply", 0, (56, 56, 16)),
    ("block1_conv2d_2", 256, (56, 56, 16)),
    ("block1_batch_normalization_1", 64, (56, 56, 16)),
    ("block2_conv2d", 1152, (56, 56, 72)),
    ("block2_batch_normalization", 288, (56, 56, 72)),
    ("block2_activation", 0, (56, 56, 72)),
    ("block2_depthwise_conv2d", 648, (28, 28, 72)),
    ("block2_batch_normalization_2", 288, (28, 28, 72)),
    ("block2_activation_2", 0, (28, 28, 72)),
    ("block2_conv2d_2", 1728, (28, 28, 24)),
    ("block2_batch_normalization_1", 96, (28, 28, 24)),
    ("block3_conv2d", 2112, (28, 28, 88)),
    ("block3_batch_normalization", 352, (28, 28, 88)),
    ("block3_activation", 0, (28, 28, 88)),
    ("block3_depthwise_conv2d", 792, (28, 28, 88)),
    ("block3_batch_normalization_2", 352, (28, 28, 88)),
    ("block3_activation_2", 0, (28, 28, 88)),
    ("block3_conv2d_2", 2112, (28, 28, 24)),
    ("block3_batch_normalization_1", 96, (28, 28, 24)),
    ("block3_add", 0, (28, 28, 24)),
    ("block4_conv2d", 2304, (28, 28, 96)),
    ("block4_batch_normalization", 384, (28, 28, 96)),
    ("block4_activation", 0, (28, 28, 96)),
    ("block4_depthwise_conv2d", 2400, (14, 14, 96)),
    ("block4_batch_normalization_2", 384, (14, 14, 96)),
    ("block4_activation_2", 0, (14, 14, 96)),
    ("block4_squeeze_excitation_global_average_pooling2d", 0, (1, 1, 96)),
    ("block4_squeeze_excitation_conv2d", 2328, (1, 1, 24)),
    ("block4_squeeze_excitation_re_lu", 0, (1, 1, 24)),
    ("block4_squeeze_excitation_conv2d_1", 2400, (1, 1, 96)),
    ("block4_squeeze_excitation_activation", 0, (1, 1, 96)),
    ("block4_squeeze_excitation_multiply", 0, (14, 14, 96)),
    ("block4_conv2d_2", 3840, (14, 14, 40)),
    ("block4_batch_normalization_1", 160, (14, 14, 40)),
    ("block5_1_conv2d", 9600, (14, 14, 240)),
    ("block5_1_batch_normalization", 960, (14, 14, 240)),
    ("block5_1_activation", 0, (14, 14, 240)),
    ("block5_1_depthwise_conv2d", 6000, (14, 14, 240)),
    ("block5_1_batch_normalization_2", 960, (14, 14, 240)),
    ("block5_1_activation_2", 0, (14, 14, 240)),
    ("block5_1_squeeze_excitation_global_average_pooling2d", 0, (1, 1, 240)),
    ("block5_1_squeeze_excitation_conv2d", 15424, (1, 1, 64)),
    ("block5_1_squeeze_excitation_re_lu", 0, (1, 1, 64)),
    ("block5_1_squeeze_excitation_conv2d_1", 15600, (1, 1, 240)),
    ("block5_1_squeeze_excitation_activation", 0, (1, 1, 240)),
    ("block5_1_squeeze_excitation_multiply", 0, (14, 14, 240)),
    ("block5_1_conv2d_2", 9600, (14, 14, 40)),
    ("block5_1_batch_normalization_1", 160, (14, 14, 40)),
    ("block5_1_add", 0, (14, 14, 40)),
    ("block5_2_conv2d", 9600, (14, 14, 240)),
    ("block5_2_batch_normalization", 960, (14, 14, 240)),
    ("block5_2_activation", 0, (14, 14, 240)),
    ("block5_2_depthwise_conv2d", 6000, (14, 14, 240)),
    ("block5_2_batch_normalization_2", 960, (14, 14, 240)),
    ("block5_2_activation_2", 0, (14, 14, 240)),
    ("block5_2_squeeze_excitation_global_average_pooling2d", 0, (1, 1, 240)),
    ("block5_2_squeeze_excitation_conv2d", 15424, (1, 1, 64)),
    ("block5_2_squeeze_excitation_re_lu", 0, (1, 1, 64)),
    ("block5_2_squeeze_excitation_conv2d_1", 15600, (1, 1, 240)),
    ("block5_2_squeeze_excitation_activation", 0, (1, 1, 240)),
    ("block5_2_squeeze_excitation_multiply", 0, (14, 14, 240)),
    ("block5_2_conv2d_2", 9600, (14, 14, 40)),
    ("block5_2_batch_normalization_1", 160, (14, 14, 40)),
    ("block5_2_add", 0, (14, 14, 40)),
    ("block6_conv2d", 4800, (14, 14, 120)),
    ("block6_batch_normalization", 480, (14, 14, 120)),
    ("block6_activation", 0, (14, 14, 120)),
    ("block6_depthwise_conv2d", 3000, (14, 14, 120)),
    ("block6_batch_normalization_2", 480, (14, 14, 120)),
    ("block6_activation_2", 0, (14, 14, 120)),
    ("block6_squeeze_excitation_global_average_pooling2d", 0, (1, 1, 120)),
    ("block6_squeeze_excitation_conv2d", 3872, (1, 1, 32)),
    ("block6_squeeze_excitation_re_lu", 0, (1, 1, 32)),
    ("block6_squeeze_excitation_conv2d_1", 3960, (1, 1, 120)),
    ("block6_squeeze_excitation_activation", 0, (1, 1, 120)),
    ("block6_squeeze_excitation_multiply", 0, (14, 14, 120)),
    ("block6_conv2d_2", 5760, (14, 14, 48)),
    ("block6_batch_normalization_1", 192, (14, 14, 48)),
    ("block7_conv2d", 6912, (14, 14, 144)),
    ("block7_batch_normalization", 576, (14, 14, 144)),
    ("block7_activation", 0, (14, 14, 144)),
    ("block7_depthwise_conv2d", 3600, (14, 14, 144)),
    ("block7_batch_normalization_2", 576, (14, 14, 144)),
    ("block7_activation_2", 0, (14, 14, 144)),
    ("block7_squeeze_excitation_global_average_pooling2d", 0, (1, 1, 144)),
    ("block7_squeeze_excitation_conv2d", 5800, (1, 1, 40)),
    ("block7_squeeze_excitation_re_lu", 0, (1, 1, 40)),
    ("block7_squeeze_excitation_conv2d_1", 5904, (1, 1, 144)),
    ("block7_squeeze_excitation_activation", 0, (1, 1, 144)),
    ("block7_squeeze_excitation_multiply", 0, (14, 14, 144)),
    ("block7_conv2d_2", 6912, (14, 14, 48)),
    ("block7_batch_normalization_1", 192, (14, 14, 48)),
    ("block7_add", 0, (14, 14, 48)),
    ("block8_conv2d", 13824, (14, 14, 288)),
    ("block8_batch_normalization", 1152, (14, 14, 288)),
    ("block8_activation", 0, (14, 14, 288)),
    ("block8_depthwise_conv2d", 7200, (7, 7, 288)),
    ("block8_batch_normalization_2", 1152, (7, 7, 288)),
    ("block8_activation_2", 0, (7, 7, 288)),
    ("block8_squeeze_excitation_global_average_pooling2d", 0, (1, 1, 288)),
    ("block8_squeeze_excitation_conv2d", 20808, (1, 1, 72)),
    ("block8_squeeze_excitation_re_lu", 0, (1, 1, 72)),
    ("block8_squeeze_excitation_conv2d_1", 21024, (1, 1, 288)),
    ("block8_squeeze_excitation_activation", 0, (1, 1, 288)),
    ("block8_squeeze_excitation_multiply", 0, (7, 7, 288)),
    ("block8_conv2d_2", 27648, (7, 7, 96)),
    ("block8_batch_normalization_1", 384, (7, 7, 96)),
    ("block9_1_conv2d", 55296, (7, 7, 576)),
    ("block9_1_batch_normalization", 2304, (7, 7, 576)),
    ("block9_1_activation", 0, (7, 7, 576)),
    ("block9_1_depthwise_conv2d", 14400, (7, 7, 576)),
    ("block9_1_batch_normalization_2", 2304, (7, 7, 576)),
    ("block9_1_activation_2", 0, (7, 7, 576)),
    ("block9_1_squeeze_excitation_global_average_pooling2d", 0, (1, 1, 576)),
    ("block9_1_squeeze_excitation_conv2d", 83088, (1, 1, 144)),
    ("block9_1_squeeze_excitation_re_lu", 0, (1, 1, 144)),
    ("block9_1_squeeze_excitation_conv2d_1", 83520, (1, 1, 576)),
    ("block9_1_squeeze_excitation_activation", 0, (1, 1, 576)),
    ("block9_1_squeeze_excitation_multiply", 0, (7, 7, 576)),
    ("block9_1_conv2d_2", 55296, (7, 7, 96)),
    ("block9_1_batch_normalization_1", 384, (7, 7, 96)),
    ("block9_1_add", 0, (7, 7, 96)),
    ("block9_2_conv2d", 55296, (7, 7, 576)),
    ("block9_2_batch_normalization", 2304, (7, 7, 576)),
    ("block9_2_activation", 0, (7, 7, 576)),
    ("block9_2_depthwise_conv2d", 14400, (7, 7, 576)),
    ("block9_2_batch_normalization_2", 2304, (7, 7, 576)),
    ("block9_2_activation_2", 0, (7, 7, 576)),
    ("block9_2_squeeze_excitation_global_average_pooling2d", 0, (1, 1, 576)),
    ("block9_2_squeeze_excitation_conv2d", 83088, (1, 1, 144)),
    ("block9_2_squeeze_excitation_re_lu", 0, (1, 1, 144)),
    ("block9_2_squeeze_excitation_conv2d_1", 83520, (1, 1, 576)),
    ("block9_2_squeeze_excitation_activation", 0, (1, 1, 576)),
    ("block9_2_squeeze_excitation_multiply", 0, (7, 7, 576)),
    ("block9_2_conv2d_2", 55296, (7, 7, 96)),
    ("block9_2_batch_normalization_1", 384, (7, 7, 96)),
    ("block9_2_add", 0, (7, 7, 96)),
    ("conv2d_1", 55296, (7, 7, 576)),
    ("batch_normalization_1", 2304, (7, 7, 576)),
    ("activation_1", 0, (7, 7, 576)),
    ("global_average_pooling2d", 0, (1, 1, 576)),
    ("conv2d_2", 590848, (1, 1, 1024)),
    ("activation_2", 0, (1, 1, 1024)),
    ("dropout", 0, (1, 1, 1024)),
    ("conv2d_3", 1025000, (1, 1, 1000)),
    ("flatten", 0, (1000,)),
    ("softmax", 0, (1000,)),
]

if __name__ == "__main__":
    model = build_model()
    for name, parameters, shape in FIGURES:
        layer = model.get_layer(name)
        assert layer.count_params() == parameters, name
        assert shape is None or layer.output.shape[1:] == shape, name
    print(f"{model.name}: {model.count_params():,} parameters, every layer as expected")
