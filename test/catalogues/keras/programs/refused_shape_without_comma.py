from keras import Input, Model, layers, losses, models, optimizers
model = models.Sequential([layers.Input(shape=(784)), layers.Dense(3)])
