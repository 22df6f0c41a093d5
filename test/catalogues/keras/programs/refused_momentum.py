from keras import Input, Model, layers, losses, models, optimizers
optimizer = optimizers.SGD(learning_rate=0.1, momentun=0.9)
