"""LeNet-5 in Keras, written by cnncalc."""

import keras
from keras import layers


def build_model():
    """Builds the net."""
    inputs = keras.Input((32, 32, 1), name="input")
    x = layers.Conv2D(6, 5, activation="tanh", name="conv2d")(inputs)
    x = layers.AveragePooling2D(2, name="average_pooling2d")(x)
    x = layers.Conv2D(16, 5, activation="tanh", name="conv2d_1")(x)
    x = layers.AveragePooling2D(2, name="average_pooling2d_1")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(120, activation="tanh", name="dense")(x)
    x = layers.Dense(84, activation="tanh", name="dense_1")(x)
    x = layers.Dense(10, activation="softmax", name="logits")(x)
    return keras.Model(inputs, x, name="LeNet-5")


FIGURES = [  # of each layer: its name, its parameters, its output shape
    ("conv2d", 156, (28, 28, 6)),
    ("average_pooling2d", 0, (14, 14, 6)),
    ("conv2d_1", 2416, (10, 10, 16)),
    ("average_pooling2d_1", 0, (5, 5, 16)),
    ("flatten", 0, (400,)),
    ("dense", 48120, (120,)),
    ("dense_1", 10164, (84,)),
    ("logits", 850, (10,)),
]

if __name__ == "__main__":
    model = build_model()
    for name, parameters, shape in FIGURES:
        layer = model.get_layer(name)
        assert layer.count_params() == parameters, name
        assert shape is None or layer.output.shape[1:] == shape, name
    print(f"{model.name}: {model.count_params():,} parameters, every layer as expected")
