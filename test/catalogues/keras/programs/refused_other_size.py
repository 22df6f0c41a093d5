import numpy as np
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
model = keras.Model(inputs, layers.Conv2D(3, 3)(inputs))
y = model(np.zeros((2, 30, 30, 1), "float32"))
