from keras import Input, Model, layers, losses, models, optimizers
y = layers.Dense(4)(layers.Dense(3))
