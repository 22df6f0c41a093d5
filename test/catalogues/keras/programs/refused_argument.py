from keras import Input, Model, layers, losses, models, optimizers
model = models.Sequential([layers.Input((10,)), layers.Dense(10, foo=3)])
