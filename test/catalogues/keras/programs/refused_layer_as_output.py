from keras import Input, Model, layers, losses, models, optimizers
x = Input((4,))
model = Model(x, layers.Dense(3))
