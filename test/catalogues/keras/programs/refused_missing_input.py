from keras import Input, Model, layers, losses, models, optimizers
a, b = Input((10,)), Input((5,))
x = layers.Concatenate()([layers.Dense(4)(a), layers.Dense(3)(b)])
model = Model(a, x)
