from keras import Input, Model, layers, losses, models, optimizers
optimizer = optimizers.Adam(lr=0.001)
