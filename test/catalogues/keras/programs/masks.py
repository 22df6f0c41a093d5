import keras
from keras import layers

words = keras.Input((None,), dtype="int32")
x = layers.Embedding(100, 16, mask_zero=True)(words)
x = layers.Dropout(0.2)(x)
x = layers.Bidirectional(layers.LSTM(8, return_sequences=True))(x)
text = keras.Model(words, layers.Dense(2)(layers.GRU(4)(x)))
steps = keras.Input((10, 3))
series = keras.Model(steps, layers.LSTM(5)(layers.Masking(0.0)(steps)))
few = keras.Input((7,))
mean = keras.Model(few, layers.GlobalAveragePooling1D()(layers.Embedding(50, 4, mask_zero=True)(few)))
stack = keras.Sequential([layers.Input((7,)), layers.Embedding(50, 4, mask_zero=True), layers.LSTM(3)])
