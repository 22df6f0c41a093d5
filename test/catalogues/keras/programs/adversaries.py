import numpy as np
import keras
import tensorflow as tf
from keras import layers

judge = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(64, 3, strides=2, padding="same"),
    layers.LeakyReLU(negative_slope=0.2),
    layers.GlobalMaxPooling2D(),
    layers.Dense(1),
], name="judge")
painter = keras.Sequential([
    keras.Input((128,)),
    layers.Dense(7 * 7 * 128),
    layers.Reshape((7, 7, 128)),
    layers.Conv2DTranspose(128, 4, strides=2, padding="same"),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"),
], name="painter")


class Game(keras.Model):
    def __init__(self, judge, painter, width):
        super().__init__()
        self.judge, self.painter, self.width = judge, painter, width

    def compile(self, optimizer, loss_fn):
        super().compile()
        self.optimizer_of_judge, self.loss_fn = optimizer, loss_fn

    def train_step(self, real):
        size = tf.shape(real)[0]
        fake = self.painter(tf.random.normal(shape=(size, self.width)))
        labels = tf.concat([tf.ones((size, 1)), tf.zeros((size, 1))], axis=0)
        with tf.GradientTape() as tape:
            loss = self.loss_fn(labels, self.judge(tf.concat([fake, real], axis=0)))
        gradients = tape.gradient(loss, self.judge.trainable_weights)
        self.optimizer_of_judge.apply_gradients(zip(gradients, self.judge.trainable_weights))
        return {"loss": loss}


game = Game(judge, painter, 128)
game.compile(keras.optimizers.Adam(0.0003), keras.losses.BinaryCrossentropy(from_logits=True))
game.fit(np.zeros((64, 28, 28, 1), "float32"), epochs=1, verbose=0)
