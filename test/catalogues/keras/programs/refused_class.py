from keras import Input, Model, layers, losses, models, optimizers
model = models.Sequential([layers.Input((3,)), layers.Dense])
