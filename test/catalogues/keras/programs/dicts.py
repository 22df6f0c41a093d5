import numpy as np
import keras
from keras import layers

entries = {"size": keras.Input((2,), name="size"), "kind": keras.Input((3,), name="kind")}
z = layers.Concatenate()([entries["size"], layers.Dense(4)(entries["kind"])])
model = keras.Model(entries, {"price": layers.Dense(1, name="price")(z), "age": layers.Dense(2, name="age")(z)})
out = model({"size": np.zeros((5, 2)), "kind": np.zeros((5, 3))})


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.heads = {"z": layers.Dense(2, name="z"), "a": layers.Dense(3, name="a")}

    def call(self, x):
        return {name: head(x) for name, head in self.heads.items()}


net = Net()
net(np.zeros((1, 6)))
