from keras import Input, Model, layers, losses, models, optimizers
model = models.Sequential([layers.Dense(4, name="a", input_shape=(3,)), layers.Dense(4, name="a")])
