from keras import Input, Model, layers, losses, models, optimizers
model = models.Sequential()
model.add(layers.Dense(4, input_shape=(3,)))
model.compile(optimizer="adamm", loss="mse")
