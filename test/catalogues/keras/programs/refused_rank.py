from keras import Input, Model, layers, losses, models, optimizers
model = models.Sequential([layers.Input((28, 28)), layers.Conv2D(8, 3), layers.Dense(10)])
