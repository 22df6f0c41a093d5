import keras
from keras import layers

VOCABULARY = 100
source = keras.Input((None,), dtype="int32")
x = layers.Embedding(VOCABULARY, 16, mask_zero=True)(source)
encoded, hidden, cell = layers.LSTM(32, return_state=True)(x)
target = keras.Input((None,), dtype="int32")
y = layers.Embedding(VOCABULARY, 16)(target)
y, _, _ = layers.LSTM(32, return_sequences=True, return_state=True)(y, initial_state=[hidden, cell])
y = layers.TimeDistributed(layers.Dense(24, activation="relu"))(y)
context = layers.Attention()([y, layers.Dense(24)(x)])
y = layers.Dense(VOCABULARY, activation="softmax")(layers.Concatenate()([y, context]))
model = keras.Model([source, target], y)
states = keras.Model(source, [hidden, cell])
