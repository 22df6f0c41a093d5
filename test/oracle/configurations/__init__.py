# Random layer configurations, one module a family of keras.layers. Each module fills `GENERATORS` with one function a class:
# it draws a construction expression and input shapes, valid or not. Nothing here knows what Keras will answer.
