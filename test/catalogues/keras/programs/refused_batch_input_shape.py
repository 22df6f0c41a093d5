from keras import Input, Model, layers, losses, models, optimizers
model = models.Sequential([layers.Dense(4, batch_input_shape=(32, 10))])
