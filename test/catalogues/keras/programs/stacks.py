import keras
from keras import layers

pictures = keras.Sequential()
pictures.add(layers.Conv2D(32, (3, 3), input_shape=(32, 32, 3)))
pictures.add(layers.MaxPooling2D((2, 2)))
pictures.add(layers.Flatten())
pictures.add(layers.Dense(64, activation="relu"))
pictures.pop()
pictures.add(layers.Dense(10))
sequence = keras.models.Sequential([layers.LSTM(32, return_sequences=True, input_shape=(10, 8)), layers.Bidirectional(layers.GRU(16)), layers.Dense(1)])
table = keras.models.Sequential([layers.Dense(12, input_dim=8, activation="relu"), layers.Dense(8), layers.Dense(1, activation="sigmoid")])
features = keras.Model(pictures.inputs, pictures.layers[-2].output)
pictures.trainable = False
for layer in pictures.layers[-1:]:
    layer.trainable = True
outer = keras.Sequential([pictures, layers.Dense(3)])
