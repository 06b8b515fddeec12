"""Keras code is followed, not executed; parameters are those that Keras 3.15 counts of the same code, if not said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from tests.command_line import run

MNIST: Final = """\
import keras
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten
from keras.layers import Conv2D, MaxPooling2D
from keras import backend as K

num_classes = 10
img_rows, img_cols = 28, 28
(x_train, y_train), (x_test, y_test) = mnist.load_data()

if K.image_data_format() == 'channels_first':
    input_shape = (1, img_rows, img_cols)
else:
    x_train = x_train.reshape(x_train.shape[0], img_rows, img_cols, 1)
    input_shape = (img_rows, img_cols, 1)

x_train /= 255
print('x_train shape:', x_train.shape)
y_train = keras.utils.to_categorical(y_train, num_classes)

model = Sequential()
model.add(Conv2D(32, kernel_size=(3, 3),
                 activation='relu',
                 input_shape=input_shape))
model.add(Conv2D(64, (3, 3), activation='relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(128, activation='relu'))
model.add(Dropout(0.5))
model.add(Dense(num_classes, activation='softmax'))
model.compile(loss=keras.losses.categorical_crossentropy, optimizer=keras.optimizers.Adadelta())
model.fit(x_train, y_train, validation_data=(x_test, y_test))
score = model.evaluate(x_test, y_test, verbose=0)
print('Test loss:', score[0])
"""
RESNET: Final = """\
from tensorflow.keras.layers import Dense, Conv2D, BatchNormalization, Activation
from tensorflow.keras.layers import AveragePooling2D, Input, Flatten
from tensorflow.keras.regularizers import l2
from tensorflow.keras.models import Model
import tensorflow as tf

n = 3
depth = n * 6 + 2

def resnet_layer(inputs, num_filters=16, kernel_size=3, strides=1, activation='relu', batch_normalization=True):
    conv = Conv2D(num_filters, kernel_size=kernel_size, strides=strides, padding='same', kernel_regularizer=l2(1e-4))
    x = conv(inputs)
    if batch_normalization:
        x = BatchNormalization()(x)
    return Activation(activation)(x) if activation is not None else x

def resnet_v1(input_shape, depth, num_classes=10):
    if (depth - 2) % 6 != 0:
        raise ValueError('depth should be 6n+2 (eg 20, 32, 44 in [a])')
    num_filters = 16
    inputs = Input(shape=input_shape)
    x = resnet_layer(inputs=inputs)
    for stack in range(3):
        for res_block in range(int((depth - 2) / 6)):
            strides = 1
            if stack > 0 and res_block == 0:
                strides = 2
            y = resnet_layer(inputs=x, num_filters=num_filters, strides=strides)
            y = resnet_layer(inputs=y, num_filters=num_filters, activation=None)
            if stack > 0 and res_block == 0:
                x = resnet_layer(x, num_filters, 1, strides, activation=None, batch_normalization=False)
            x = tf.keras.layers.add([x, y])
            x = Activation('relu')(x)
        num_filters *= 2
    x = AveragePooling2D(pool_size=8)(x)
    outputs = Dense(num_classes, activation='softmax')(Flatten()(x))
    return Model(inputs=inputs, outputs=outputs)

model = resnet_v1(input_shape=(32, 32, 3), depth=depth)
"""
SEQUENCE: Final = """\
from keras.layers import *
from keras.models import Model
import math

inp = Input(shape=(100,), dtype='int32')
x = Embedding(1000, 64)(inp)
x = Bidirectional(LSTM(32, return_sequences=True))(x)
x = LayerNormalization()(x + MultiHeadAttention(num_heads=2, key_dim=32)(x, x))
x = Concatenate()([Conv1D(16, k, padding='same')(x) for k in (3, 5, 7)])
x = Lambda(lambda t: t * 0.5)(x)
x = TimeDistributed(Dense(int(math.log2(16))))(x)
out = Dense(5, activation='softmax', name='out')(GlobalMaxPooling1D()(x))
model = Model(inp, out, name='text')
for layer in model.layers[:2]:
    layer.trainable = False
"""
SUBCLASS: Final = """\
import tensorflow as tf
from tensorflow import keras

class Residual(keras.layers.Layer):
    def __init__(self, filters, project=False, strides=1):
        super().__init__()
        self.conv1 = keras.layers.Conv2D(filters, 3, padding='same', strides=strides)
        self.conv2 = keras.layers.Conv2D(filters, 3, padding='same')
        self.conv3 = keras.layers.Conv2D(filters, 1, strides=strides) if project else None

    def call(self, x):
        y = self.conv2(tf.nn.relu(self.conv1(x)))
        if self.conv3 is not None:
            x = self.conv3(x)
        y += x
        return keras.activations.relu(y)

class Net(keras.Model):
    def __init__(self, classes=10):
        super().__init__()
        self.stages = [Residual(8, True), Residual(16, True, 2), Residual(16)]
        self.out = keras.layers.Dense(classes)

    def call(self, inputs, training=False):
        x = inputs
        for stage in self.stages:
            x = stage(x)
        return self.out(keras.layers.GlobalAveragePooling2D()(x))

model = Net()
model.build((None, 32, 32, 3))
"""
FIRST_KERAS: Final = """\
from keras.models import Sequential
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.core import Flatten, Dense

def build(weights=None):
    model = Sequential()
    model.add(Convolution2D(6, 5, 5, border_mode='same', subsample=(2, 2), input_shape=(28, 28, 1)))
    model.add(MaxPooling2D((2, 2), strides=(2, 2)))
    model.add(Flatten())
    model.add(Dense(output_dim=10))
    if weights:
        model.load_weights(weights)
    return model

if __name__ == '__main__':
    image = cv2.imread('cat.jpg').astype(np.float32)
    model = build('weights.h5')
    print(np.argmax(model.predict(image)))
"""
CODES: Final = (MNIST, RESNET, SEQUENCE, SUBCLASS, FIRST_KERAS)


def summary(code: str, folder: Path, name: str = "net.py") -> list[list[str]]:
    (folder / name).write_text(code)
    outcome = run(
        f"cnncalc summary {name} --format csv --columns name,type,output_shape,params,trainable_params", folder
    )
    assert outcome.code == 0, outcome.stderr
    return [row.split(",") for row in outcome.stdout.splitlines()[1:]]


def refusal(code: str, folder: Path, name: str = "net.py") -> str:
    (folder / name).write_text(code)
    outcome = run(f"cnncalc summary {name}", folder)
    assert outcome.code == 2, outcome.stdout
    return outcome.stderr


def test_a_sequential_model_among_data_and_training(tmp_path: Path) -> None:
    """Keras's example mnist_cnn.py: 1,199,882 parameters."""
    rows = summary(MNIST, tmp_path)
    assert [row[:3] for row in rows[1:4]] == [
        ["conv2d", "Conv2D", "26x26x32"], ["conv2d_1", "Conv2D", "24x24x64"],
        ["max_pooling2d", "MaxPooling2D", "12x12x64"],
    ]  # fmt: skip
    assert sum(int(row[3]) for row in rows) == 1_199_882


def test_functions_loops_and_conditions(tmp_path: Path) -> None:
    """Keras's example cifar10_resnet.py, ResNet20 v1: 274,442 parameters, 273,066 of them trainable."""
    rows = summary(RESNET, tmp_path)
    assert sum(int(row[3]) for row in rows) == 274_442
    assert sum(int(row[4]) for row in rows) == 273_066


def test_operations_lambdas_wrappers_and_frozen_layers(tmp_path: Path) -> None:
    rows = {row[0]: row[1:] for row in summary(SEQUENCE, tmp_path)}
    assert rows["embedding"] == ["Embedding", "100x64", "64000", "0"]
    assert rows["bidirectional"] == ["Bidirectional", "100x64", "24832", "24832"]
    assert rows["multi_head_attention"][2] == "16640"
    assert rows["tf.multiply"][:2] == ["Elementwise", "100x48"]
    assert rows["time_distributed"] == ["TimeDistributed", "100x4", "196", "196"]
    assert rows["out"] == ["Dense", "5", "25", "25"]


def test_classes_of_layers_and_models(tmp_path: Path) -> None:
    rows = summary(SUBCLASS, tmp_path)
    stages = [3 * 8 * 9 + 8 + 8 * 8 * 9 + 8 + 3 * 8 + 8, 8 * 16 * 9 + 16 + 16 * 16 * 9 + 16 + 8 * 16 + 16]
    assert sum(int(row[3]) for row in rows) == sum(stages) + 2 * (16 * 16 * 9 + 16) + 16 * 10 + 10
    assert rows[-1][2] == "10"


def test_the_first_keras(tmp_path: Path) -> None:
    assert [row[1:4] for row in summary(FIRST_KERAS, tmp_path)[1:]] == [
        ["Conv2D", "14x14x6", "156"], ["MaxPooling2D", "7x7x6", "0"], ["Flatten", "294", "0"], ["Dense", "10", "2950"],
    ]  # fmt: skip


def test_a_notebook(tmp_path: Path) -> None:
    """Lines for the shell and for IPython are passed over; a mistake has its cell and its line there."""
    first, second = MNIST.split("model = Sequential()\n")
    cells = [
        {"cell_type": "markdown", "source": ["# Digits"]},
        {"cell_type": "code", "source": ["!pip install keras\n", "%matplotlib inline\n", first]},
        {"cell_type": "code", "source": f"model = Sequential()\n{second}"},
    ]
    rows = summary(json.dumps({"cells": cells}), tmp_path, "net.ipynb")
    assert sum(int(row[3]) for row in rows) == 1_199_882
    cells[2]["source"] = f"model = Sequential()\n{second}".replace("Dense(128", "Dense(len(x_train)")
    assert "net.ipynb[cell 3]:9:" in refusal(json.dumps({"cells": cells}), tmp_path, "net.ipynb")


def test_a_notebook_of_pytorch(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "source": ["import torch\n", "from torch import nn\n"]},
        {"cell_type": "code", "source": ["model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))\n"]},
    ]
    assert [row[3] for row in summary(json.dumps({"cells": cells}), tmp_path, "net.ipynb")[1:]] == ["15", "0", "8"]


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("Dense(num_classes", "Dense(y_train.max()", "net.py:32:11", "units of Dense is not known"),
        ("model.add(Dropout(0.5))", "for size in y_train:\n    model.add(Dense(size))", "net.py:31:13", "is not known"),
        ("Dense(128, activation='relu')", "Dense(128, activation=mine)", "net.py:30:11", "activation of Dense"),
        ("model = Sequential()", "base = keras.applications.VGG16()\nmodel = Sequential([base])", "net.py:23:",
         "VGG16 is a network of keras.applications"),
        ("input_shape=input_shape", "name='first'", "line 22, sequential", "which shape the model reads"),
        ("model.add(Flatten())", "model.add(", "net.py", "this is no Python"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_an_error_at_its_line(
    old: str, new: str, place: str, words: str, tmp_path: Path
) -> None:
    assert old in MNIST
    error = refusal(MNIST.replace(old, new), tmp_path)
    assert place in error
    assert words in error
    assert "model.save('model.keras')" in error or "input_shape=" in error or "no Python" in error


def test_nothing_is_executed(tmp_path: Path) -> None:
    summary(f"import os\nos.mkdir('made')\nopen('written', 'w').write('x')\n{MNIST}", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"net.py"}


def test_several_models_are_a_warning(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(f"{MNIST}\nother = Sequential([Dense(2, input_shape=(4,))])\n")
    outcome = run("cnncalc summary net.py", tmp_path)
    assert "the code builds model too: this is other" in outcome.stderr
