from keras import Input, Model, layers, losses, models, optimizers
model = models.Sequential(layers.Dense(3))
