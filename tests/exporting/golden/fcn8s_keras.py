"""FCN-8s in Keras, written by cnncalc."""

import keras
from keras import layers


def build_model():
    """Builds the net."""
    inputs = keras.Input((500, 500, 3), name="input")
    x = layers.ZeroPadding2D(100, name="pool1_conv2d_1_pad")(inputs)
    x = layers.Conv2D(64, 3, activation="relu", name="pool1_conv2d_1")(x)
    x = layers.Conv2D(
        64,
        3,
        padding="same",
        activation="relu",
        name="pool1_conv2d_2",
    )(x)
    x = layers.MaxPooling2D(2, name="pool1_max_pooling2d")(x)
    x = layers.Conv2D(
        128,
        3,
        padding="same",
        activation="relu",
        name="pool2_conv2d_1",
    )(x)
    x = layers.Conv2D(
        128,
        3,
        padding="same",
        activation="relu",
        name="pool2_conv2d_2",
    )(x)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)), name="pool2_max_pooling2d_pad")(x)
    x = layers.MaxPooling2D(2, name="pool2_max_pooling2d")(x)
    x = layers.Conv2D(
        256,
        3,
        padding="same",
        activation="relu",
        name="pool3_conv2d_1",
    )(x)
    for i in range(2, 4):
        x = layers.Conv2D(
            256,
            3,
            padding="same",
            activation="relu",
            name=f"pool3_conv2d_{i}",
        )(x)
    max_pooling2d = layers.ZeroPadding2D(
        ((0, 1), (0, 1)),
        name="pool3_max_pooling2d_pad",
    )(x)
    max_pooling2d = layers.MaxPooling2D(2, name="pool3_max_pooling2d")(max_pooling2d)
    x = layers.Conv2D(
        512,
        3,
        padding="same",
        activation="relu",
        name="pool4_conv2d_1",
    )(max_pooling2d)
    for i in range(2, 4):
        x = layers.Conv2D(
            512,
            3,
            padding="same",
            activation="relu",
            name=f"pool4_conv2d_{i}",
        )(x)
    max_pooling2d_2 = layers.MaxPooling2D(2, name="pool4_max_pooling2d")(x)
    x = layers.Conv2D(
        512,
        3,
        padding="same",
        activation="relu",
        name="pool5_conv2d_1",
    )(max_pooling2d_2)
    for i in range(2, 4):
        x = layers.Conv2D(
            512,
            3,
            padding="same",
            activation="relu",
            name=f"pool5_conv2d_{i}",
        )(x)
    x = layers.MaxPooling2D(2, name="pool5_max_pooling2d")(x)
    x = layers.Conv2D(4096, 7, activation="relu", name="fc6")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.Conv2D(4096, 1, activation="relu", name="fc7")(x)
    x = layers.Dropout(0.5, name="dropout_1")(x)
    x = layers.Conv2D(21, 1, name="score")(x)
    upsample2 = layers.Conv2DTranspose(
        21,
        4,
        strides=2,
        use_bias=False,
        name="upsample2",
    )(x)
    x = layers.Conv2D(21, 1, name="score_pool4")(max_pooling2d_2)
    x = layers.Cropping2D(5, name="cropping2d")(x)
    x = layers.Add(name="add")([upsample2, x])
    upsample4 = layers.Conv2DTranspose(
        21,
        4,
        strides=2,
        use_bias=False,
        name="upsample4",
    )(x)
    x = layers.Conv2D(21, 1, name="score_pool3")(max_pooling2d)
    x = layers.Cropping2D(9, name="cropping2d_1")(x)
    x = layers.Add(name="add_1")([upsample4, x])
    x = layers.Conv2DTranspose(
        21,
        16,
        strides=8,
        use_bias=False,
        trainable=False,
        name="upsample8",
    )(x)
    x = layers.Cropping2D(((31, 37), (31, 37)), name="cropping2d_2")(x)
    return keras.Model(inputs, x, name="FCN-8s")


FIGURES = [  # of each layer: its name, its parameters, its output shape
    ("pool1_conv2d_1", 1792, (698, 698, 64)),
    ("pool1_conv2d_2", 36928, (698, 698, 64)),
    ("pool1_max_pooling2d", 0, (349, 349, 64)),
    ("pool2_conv2d_1", 73856, (349, 349, 128)),
    ("pool2_conv2d_2", 147584, (349, 349, 128)),
    ("pool2_max_pooling2d", 0, (175, 175, 128)),
    ("pool3_conv2d_1", 295168, (175, 175, 256)),
    ("pool3_conv2d_2", 590080, (175, 175, 256)),
    ("pool3_conv2d_3", 590080, (175, 175, 256)),
    ("pool3_max_pooling2d", 0, (88, 88, 256)),
    ("pool4_conv2d_1", 1180160, (88, 88, 512)),
    ("pool4_conv2d_2", 2359808, (88, 88, 512)),
    ("pool4_conv2d_3", 2359808, (88, 88, 512)),
    ("pool4_max_pooling2d", 0, (44, 44, 512)),
    ("pool5_conv2d_1", 2359808, (44, 44, 512)),
    ("pool5_conv2d_2", 2359808, (44, 44, 512)),
    ("pool5_conv2d_3", 2359808, (44, 44, 512)),
    ("pool5_max_pooling2d", 0, (22, 22, 512)),
    ("fc6", 102764544, (16, 16, 4096)),
    ("dropout", 0, (16, 16, 4096)),
    ("fc7", 16781312, (16, 16, 4096)),
    ("dropout_1", 0, (16, 16, 4096)),
    ("score", 86037, (16, 16, 21)),
    ("upsample2", 7056, (34, 34, 21)),
    ("score_pool4", 10773, (44, 44, 21)),
    ("cropping2d", 0, (34, 34, 21)),
    ("add", 0, (34, 34, 21)),
    ("upsample4", 7056, (70, 70, 21)),
    ("score_pool3", 5397, (88, 88, 21)),
    ("cropping2d_1", 0, (70, 70, 21)),
    ("add_1", 0, (70, 70, 21)),
    ("upsample8", 112896, (568, 568, 21)),
    ("cropping2d_2", 0, (500, 500, 21)),
]

if __name__ == "__main__":
    model = build_model()
    for name, parameters, shape in FIGURES:
        layer = model.get_layer(name)
        assert layer.count_params() == parameters, name
        assert shape is None or layer.output.shape[1:] == shape, name
    print(f"{model.name}: {model.count_params():,} parameters, every layer as expected")
