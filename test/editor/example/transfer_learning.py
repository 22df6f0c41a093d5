"""A frozen backbone under a new head, written with the functional interface."""
from tensorflow import keras
from tensorflow.keras import layers

CLASSES = 37


def build_model(image_size=224):
    backbone = keras.applications.MobileNetV2(input_shape=(image_size, image_size, 3), include_top=False, weights=None)
    backbone.trainable = False

    inputs = keras.Input(shape=(image_size, image_size, 3), name="image")
    x = layers.Rescaling(1.0 / 127.5, offset=-1)(inputs)
    x = backbone(x, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.3)(x)
    outputs = layers.Dense(CLASSES, activation="softmax", name="breed")(x)
    return keras.Model(inputs, outputs, name="pets")


model = build_model()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
