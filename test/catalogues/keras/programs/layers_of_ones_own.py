import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Stack(layers.Layer):
    def __init__(self, widths, **kwargs):
        super().__init__(**kwargs)
        self.denses = [layers.Dense(width) for width in widths]
        self.norm = layers.LayerNormalization()

    def call(self, x):
        for dense in self.denses:
            x = tf.nn.gelu(dense(x))
        return self.norm(x)


class Linear(keras.layers.Layer):
    def __init__(self, units=32, **kwargs):
        super(Linear, self).__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True, name="w")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=False)

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b


class Transformer(layers.Layer):
    def __init__(self, width, heads, **kwargs):
        super().__init__(**kwargs)
        self.attention = layers.MultiHeadAttention(num_heads=heads, key_dim=width)
        self.feed_forward = keras.Sequential([layers.Dense(4 * width, activation="relu"), layers.Dense(width)])
        self.first, self.second = layers.LayerNormalization(epsilon=1e-6), layers.LayerNormalization(epsilon=1e-6)
        self.dropout = layers.Dropout(0.1)

    def call(self, x, training=False):
        x = self.first(x + self.dropout(self.attention(x, x), training=training))
        return self.second(x + self.feed_forward(x))


words = keras.Input((20,))
x = layers.Embedding(1000, 32)(words)
x = Transformer(32, 2)(x)
x = Stack([64, 16])(x)
x = layers.GlobalAveragePooling1D()(x)
model = keras.Model(words, Linear(4)(x))
