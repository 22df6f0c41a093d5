from keras import Input, Model, layers, losses, models, optimizers
x = Input((4,))
y = layers.Dense(2)(x)
model = Model(input=x, output=y)
