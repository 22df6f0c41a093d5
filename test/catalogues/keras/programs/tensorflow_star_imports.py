import tensorflow as tf
from tensorflow.keras.layers import *
from tensorflow.keras.models import *
from tensorflow.keras import backend as K


def overlap(truth, prediction):
    return K.sum(truth * prediction)


inputs = Input((64, 64, 1))
conv = Conv2D(8, (3, 3), activation="relu", kernel_initializer="he_normal", padding="same")(inputs)
drop = Dropout(0.5)(MaxPooling2D(pool_size=(2, 2))(conv))
up = Conv2D(8, 2, activation="relu", padding="same")(UpSampling2D(size=(2, 2))(drop))
outputs = Conv2D(1, 1, activation="sigmoid")(concatenate([conv, up], axis=3))
model = Model(inputs=inputs, outputs=outputs)
model.compile(optimizer="adam", loss=overlap, metrics=["accuracy", overlap])
print(K.int_shape(outputs))
