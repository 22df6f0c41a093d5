from keras import Input, Model, layers, losses, models, optimizers
loss = losses.SparseCategoricalCrossentropy(from_logit=True)
