"""An ordinary Keras program: two calls of fit, validation, a schedule of the learning rate. Prints what its callbacks see."""
import json

import keras
import numpy as np

keras.utils.set_random_seed(1)
x = np.random.rand(200, 8).astype("float32")
y = (x.sum(axis=1) > 4).astype("int64")
model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(2)])
model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])


class Printer(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print("STEP", json.dumps({name: float(value) for name, value in logs.items()}))

    def on_epoch_end(self, epoch, logs=None):
        print("EPOCH", json.dumps({name: float(value) for name, value in logs.items()}))


schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
model.fit(x, y, batch_size=50, epochs=2, validation_split=0.2, verbose=2, callbacks=[Printer(), schedule])
history = model.fit(x, y, batch_size=50, epochs=1, verbose=0, callbacks=Printer())
print("HISTORY", json.dumps({name: [float(one) for one in values] for name, values in history.history.items()}))
