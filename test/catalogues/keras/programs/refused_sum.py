from keras import Input, Model, layers, losses, models, optimizers
x = Input((32, 32, 3))
a = layers.Conv2D(8, 3, padding="same")(x)
b = layers.Conv2D(8, 3, padding="same", strides=2)(x)
c = a + b
