from keras import Input, Model, layers, losses, models, optimizers


class Own(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight("kernel", shape=(shape[-1], 3))

    def call(self, x):
        return x @ self.w


y = Own()(Input((4,)))
