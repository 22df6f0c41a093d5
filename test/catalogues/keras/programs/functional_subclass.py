import keras
from keras import layers


@keras.saving.register_keras_serializable(package="test")
class Net(keras.Model):
    def __init__(self, classes=3, name="net", **kwargs):
        inputs = keras.Input((8,))
        x = layers.Dense(4)(inputs)
        super().__init__(inputs=inputs, outputs=layers.Dense(classes)(x), name=name, **kwargs)
        self.classes = classes

    def get_config(self):
        return {"classes": self.classes}


net = Net(5)
