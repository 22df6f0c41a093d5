import numpy as np
import keras
from keras import layers

stack = keras.Sequential([layers.Input((28, 28, 1)), layers.Conv2D(3, 3), layers.GlobalMaxPooling2D()])
larger = stack(np.zeros((2, 30, 30, 1), "float32"))
flat = stack(np.zeros((2, 28, 28), "float32"))
stack.compile("sgd", "mse")
guess = stack.predict(np.zeros((2, 40, 40, 1), "float32"), verbose=0)
block = layers.Dense(4)
repeated = keras.Sequential([layers.Input((4,)), block, block, layers.Dense(4)])
