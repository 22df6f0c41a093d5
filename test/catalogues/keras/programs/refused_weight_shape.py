from keras import Input, Model, layers, losses, models, optimizers


class Own(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-2], 3), name="kernel")

    def call(self, x):
        return x


y = Own()(Input((None, 4)))
