"""ResNet-50 in Keras, written by cnncalc."""

import keras
from keras import layers


def bottleneck(x, filters, stride=1, project=False, *, name):
    main = layers.Conv2D(filters, 1, strides=stride, name=f"{name}_conv2d")(x)
    main = layers.BatchNormalization(name=f"{name}_batch_normalization")(main)
    main = layers.ReLU(name=f"{name}_re_lu")(main)
    main = layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv2d_1")(main)
    main = layers.BatchNormalization(name=f"{name}_batch_normalization_1")(main)
    main = layers.ReLU(name=f"{name}_re_lu_1")(main)
    main = layers.Conv2D(4 * filters, 1, name=f"{name}_conv2d_2")(main)
    main = layers.BatchNormalization(name=f"{name}_batch_normalization_2")(main)
    if project:
        x = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_conv2d_3")(x)
        x = layers.BatchNormalization(name=f"{name}_batch_normalization_3")(x)
    x = layers.Add(name=f"{name}_add")([main, x])
    return layers.ReLU(name=f"{name}_re_lu_2")(x)


def build_model():
    """Builds the net."""
    inputs = keras.Input((224, 224, 3), name="input")
    x = layers.ZeroPadding2D(3, name="conv2d_pad")(inputs)
    x = layers.Conv2D(64, 7, strides=2, name="conv2d")(x)
    x = layers.BatchNormalization(name="batch_normalization")(x)
    x = layers.ReLU(name="re_lu")(x)
    x = layers.ZeroPadding2D(1, name="max_pooling2d_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="max_pooling2d")(x)
    x = bottleneck(x, 64, project=True, name="conv2_1")
    for i in range(2, 4):
        x = bottleneck(x, 64, name=f"conv2_{i}")
    x = bottleneck(x, 128, stride=2, project=True, name="conv3_1")
    for i in range(2, 5):
        x = bottleneck(x, 128, name=f"conv3_{i}")
    x = bottleneck(x, 256, stride=2, project=True, name="conv4_1")
    for i in range(2, 7):
        x = bottleneck(x, 256, name=f"conv4_{i}")
    x = bottleneck(x, 512, stride=2, project=True, name="conv5_1")
    for i in range(2, 4):
        x = bottleneck(x, 512, name=f"conv5_{i}")
    x = layers.GlobalAveragePooling2D(name="global_average_pooling2d")(x)
    x = layers.Dense(1000, activation="softmax", name="dense")(x)
    return keras.Model(inputs, x, name="ResNet-50")


FIGURES = [  # of each layer: its name, its parameters, its output shape
    ("conv2d", 9472, (112, 112, 64)),
    ("batch_normalization", 256, (112, 112, 64)),
    ("re_lu", 0, (112, 112, 64)),
    ("max_pooling2d", 0, (56, 56, 64)),
    ("conv2_1_conv2d", 4160, (56, 56, 64)),
    ("conv2_1_batch_normalization", 256, (56, 56, 64)),
    ("conv2_1_re_lu", 0, (56, 56, 64)),
    ("conv2_1_conv2d_1", 36928, (56, 56, 64)),
    ("conv2_1_batch_normalization_1", 256, (56, 56, 64)),
    ("conv2_1_re_lu_1", 0, (56, 56, 64)),
    ("conv2_1_conv2d_2", 16640, (56, 56, 256)),
    ("conv2_1_batch_normalization_2", 1024, (56, 56, 256)),
    ("conv2_1_conv2d_3", 16640, (56, 56, 256)),
    ("conv2_1_batch_normalization_3", 1024, (56, 56, 256)),
    ("conv2_1_add", 0, (56, 56, 256)),
    ("conv2_1_re_lu_2", 0, (56, 56, 256)),
    ("conv2_2_conv2d", 16448, (56, 56, 64)),
    ("conv2_2_batch_normalization", 256, (56, 56, 64)),
    ("conv2_2_re_lu", 0, (56, 56, 64)),
    ("conv2_2_conv2d_1", 36928, (56, 56, 64)),
    ("conv2_2_batch_normalization_1", 256, (56, 56, 64)),
    ("conv2_2_re_lu_1", 0, (56, 56, 64)),
    ("conv2_2_conv2d_2", 16640, (56, 56, 256)),
    ("conv2_2_batch_normalization_2", 1024, (56, 56, 256)),
    ("conv2_2_add", 0, (56, 56, 256)),
    ("conv2_2_re_lu_2", 0, (56, 56, 256)),
    ("conv2_3_conv2d", 16448, (56, 56, 64)),
    ("conv2_3_batch_normalization", 256, (56, 56, 64)),
    ("conv2_3_re_lu", 0, (56, 56, 64)),
    ("conv2_3_conv2d_1", 36928, (56, 56, 64)),
    ("conv2_3_batch_normalization_1", 256, (56, 56, 64)),
    ("conv2_3_re_lu_1", 0, (56, 56, 64)),
    ("conv2_3_conv2d_2", 16640, (56, 56, 256)),
    ("conv2_3_batch_normalization_2", 1024, (56, 56, 256)),
    ("conv2_3_add", 0, (56, 56, 256)),
    ("conv2_3_re_lu_2", 0, (56, 56, 256)),
    ("conv3_1_conv2d", 32896, (28, 28, 128)),
    ("conv3_1_batch_normalization", 512, (28, 28, 128)),
    ("conv3_1_re_lu", 0, (28, 28, 128)),
    ("conv3_1_conv2d_1", 147584, (28, 28, 128)),
    ("conv3_1_batch_normalization_1", 512, (28, 28, 128)),
    ("conv3_1_re_lu_1", 0, (28, 28, 128)),
    ("conv3_1_conv2d_2", 66048, (28, 28, 512)),
    ("conv3_1_batch_normalization_2", 2048, (28, 28, 512)),
    ("conv3_1_conv2d_3", 131584, (28, 28, 512)),
    ("conv3_1_batch_normalization_3", 2048, (28, 28, 512)),
    ("conv3_1_add", 0, (28, 28, 512)),
    ("conv3_1_re_lu_2", 0, (28, 28, 512)),
    ("conv3_2_conv2d", 65664, (28, 28, 128)),
    ("conv3_2_batch_normalization", 512, (28, 28, 128)),
    ("conv3_2_re_lu", 0, (28, 28, 128)),
    ("conv3_2_conv2d_1", 147584, (28, 28, 128)),
    ("conv3_2_batch_normalization_1", 512, (28, 28, 128)),
    ("conv3_2_re_lu_1", 0, (28, 28, 128)),
    ("conv3_2_conv2d_2", 66048, (28, 28, 512)),
    ("conv3_2_batch_normalization_2", 2048, (28, 28, 512)),
    ("conv3_2_add", 0, (28, 28, 512)),
    ("conv3_2_re_lu_2", 0, (28, 28, 512)),
    ("conv3_3_conv2d", 65664, (28, 28, 128)),
    ("conv3_3_batch_normalization", 512, (28, 28, 128)),
    ("conv3_3_re_lu", 0, (28, 28, 128)),
    ("conv3_3_conv2d_1", 147584, (28, 28, 128)),
    ("conv3_3_batch_normalization_1", 512, (28, 28, 128)),
    ("conv3_3_re_lu_1", 0, (28, 28, 128)),
    ("conv3_3_conv2d_2", 66048, (28, 28, 512)),
    ("conv3_3_batch_normalization_2", 2048, (28, 28, 512)),
    ("conv3_3_add", 0, (28, 28, 512)),
    ("conv3_3_re_lu_2", 0, (28, 28, 512)),
    ("conv3_4_conv2d", 65664, (28, 28, 128)),
    ("conv3_4_batch_normalization", 512, (28, 28, 128)),
    ("conv3_4_re_lu", 0, (28, 28, 128)),
    ("conv3_4_conv2d_1", 147584, (28, 28, 128)),
    ("conv3_4_batch_normalization_1", 512, (28, 28, 128)),
    ("conv3_4_re_lu_1", 0, (28, 28, 128)),
    ("conv3_4_conv2d_2", 66048, (28, 28, 512)),
    ("conv3_4_batch_normalization_2", 2048, (28, 28, 512)),
    ("conv3_4_add", 0, (28, 28, 512)),
    ("conv3_4_re_lu_2", 0, (28, 28, 512)),
    ("conv4_1_conv2d", 131328, (14, 14, 256)),
    ("conv4_1_batch_normalization", 1024, (14, 14, 256)),
    ("conv4_1_re_lu", 0, (14, 14, 256)),
    ("conv4_1_conv2d_1", 590080, (14, 14, 256)),
    ("conv4_1_batch_normalization_1", 1024, (14, 14, 256)),
    ("conv4_1_re_lu_1", 0, (14, 14, 256)),
    ("conv4_1_conv2d_2", 263168, (14, 14, 1024)),
    ("conv4_1_batch_normalization_2", 4096, (14, 14, 1024)),
    ("conv4_1_conv2d_3", 525312, (14, 14, 1024)),
    ("conv4_1_batch_normalization_3", 4096, (14, 14, 1024)),
    ("conv4_1_add", 0, (14, 14, 1024)),
    ("conv4_1_re_lu_2", 0, (14, 14, 1024)),
    ("conv4_2_conv2d", 262400, (14, 14, 256)),
    ("conv4_2_batch_normalization", 1024, (14, 14, 256)),
    ("conv4_2_re_lu", 0, (14, 14, 256)),
    ("conv4_2_conv2d_1", 590080, (14, 14, 256)),
    ("conv4_2_batch_normalization_1", 1024, (14, 14, 256)),
    ("conv4_2_re_lu_1", 0, (14, 14, 256)),
    ("conv4_2_conv2d_2", 263168, (14, 14, 1024)),
    ("conv4_2_batch_normalization_2", 4096, (14, 14, 1024)),
    ("conv4_2_add", 0, (14, 14, 1024)),
    ("conv4_2_re_lu_2", 0, (14, 14, 1024)),
    ("conv4_3_conv2d", 262400, (14, 14, 256)),
    ("conv4_3_batch_normalization", 1024, (14, 14, 256)),
    ("conv4_3_re_lu", 0, (14, 14, 256)),
    ("conv4_3_conv2d_1", 590080, (14, 14, 256)),
    ("conv4_3_batch_normalization_1", 1024, (14, 14, 256)),
    ("conv4_3_re_lu_1", 0, (14, 14, 256)),
    ("conv4_3_conv2d_2", 263168, (14, 14, 1024)),
    ("conv4_3_batch_normalization_2", 4096, (14, 14, 1024)),
    ("conv4_3_add", 0, (14, 14, 1024)),
    ("conv4_3_re_lu_2", 0, (14, 14, 1024)),
    ("conv4_4_conv2d", 262400, (14, 14, 256)),
    ("conv4_4_batch_normalization", 1024, (14, 14, 256)),
    ("conv4_4_re_lu", 0, (14, 14, 256)),
    ("conv4_4_conv2d_1", 590080, (14, 14, 256)),
    ("conv4_4_batch_normalization_1", 1024, (14, 14, 256)),
    ("conv4_4_re_lu_1", 0, (14, 14, 256)),
    ("conv4_4_conv2d_2", 263168, (14, 14, 1024)),
    ("conv4_4_batch_normalization_2", 4096, (14, 14, 1024)),
    ("conv4_4_add", 0, (14, 14, 1024)),
    ("conv4_4_re_lu_2", 0, (14, 14, 1024)),
    ("conv4_5_conv2d", 262400, (14, 14, 256)),
    ("conv4_5_batch_normalization", 1024, (14, 14, 256)),
    ("conv4_5_re_lu", 0, (14, 14, 256)),
    ("conv4_5_conv2d_1", 590080, (14, 14, 256)),
    ("conv4_5_batch_normalization_1", 1024, (14, 14, 256)),
    ("conv4_5_re_lu_1", 0, (14, 14, 256)),
    ("conv4_5_conv2d_2", 263168, (14, 14, 1024)),
    ("conv4_5_batch_normalization_2", 4096, (14, 14, 1024)),
    ("conv4_5_add", 0, (14, 14, 1024)),
    ("conv4_5_re_lu_2", 0, (14, 14, 1024)),
    ("conv4_6_conv2d", 262400, (14, 14, 256)),
    ("conv4_6_batch_normalization", 1024, (14, 14, 256)),
    ("conv4_6_re_lu", 0, (14, 14, 256)),
    ("conv4_6_conv2d_1", 590080, (14, 14, 256)),
    ("conv4_6_batch_normalization_1", 1024, (14, 14, 256)),
    ("conv4_6_re_lu_1", 0, (14, 14, 256)),
    ("conv4_6_conv2d_2", 263168, (14, 14, 1024)),
    ("conv4_6_batch_normalization_2", 4096, (14, 14, 1024)),
    ("conv4_6_add", 0, (14, 14, 1024)),
    ("conv4_6_re_lu_2", 0, (14, 14, 1024)),
    ("conv5_1_conv2d", 524800, (7, 7, 512)),
    ("conv5_1_batch_normalization", 2048, (7, 7, 512)),
    ("conv5_1_re_lu", 0, (7, 7, 512)),
    ("conv5_1_conv2d_1", 2359808, (7, 7, 512)),
    ("conv5_1_batch_normalization_1", 2048, (7, 7, 512)),
    ("conv5_1_re_lu_1", 0, (7, 7, 512)),
    ("conv5_1_conv2d_2", 1050624, (7, 7, 2048)),
    ("conv5_1_batch_normalization_2", 8192, (7, 7, 2048)),
    ("conv5_1_conv2d_3", 2099200, (7, 7, 2048)),
    ("conv5_1_batch_normalization_3", 8192, (7, 7, 2048)),
    ("conv5_1_add", 0, (7, 7, 2048)),
    ("conv5_1_re_lu_2", 0, (7, 7, 2048)),
    ("conv5_2_conv2d", 1049088, (7, 7, 512)),
    ("conv5_2_batch_normalization", 2048, (7, 7, 512)),
    ("conv5_2_re_lu", 0, (7, 7, 512)),
    ("conv5_2_conv2d_1", 2359808, (7, 7, 512)),
    ("conv5_2_batch_normalization_1", 2048, (7, 7, 512)),
    ("conv5_2_re_lu_1", 0, (7, 7, 512)),
    ("conv5_2_conv2d_2", 1050624, (7, 7, 2048)),
    ("conv5_2_batch_normalization_2", 8192, (7, 7, 2048)),
    ("conv5_2_add", 0, (7, 7, 2048)),
    ("conv5_2_re_lu_2", 0, (7, 7, 2048)),
    ("conv5_3_conv2d", 1049088, (7, 7, 512)),
    ("conv5_3_batch_normalization", 2048, (7, 7, 512)),
    ("conv5_3_re_lu", 0, (7, 7, 512)),
    ("conv5_3_conv2d_1", 2359808, (7, 7, 512)),
    ("conv5_3_batch_normalization_1", 2048, (7, 7, 512)),
    ("conv5_3_re_lu_1", 0, (7, 7, 512)),
    ("conv5_3_conv2d_2", 1050624, (7, 7, 2048)),
    ("conv5_3_batch_normalization_2", 8192, (7, 7, 2048)),
    ("conv5_3_add", 0, (7, 7, 2048)),
    ("conv5_3_re_lu_2", 0, (7, 7, 2048)),
    ("global_average_pooling2d", 0, (2048,)),
    ("dense", 2049000, (1000,)),
]

if __name__ == "__main__":
    model = build_model()
    for name, parameters, shape in FIGURES:
        layer = model.get_layer(name)
        assert layer.count_params() == parameters, name
        assert shape is None or layer.output.shape[1:] == shape, name
    print(f"{model.name}: {model.count_params():,} parameters, every layer as expected")
