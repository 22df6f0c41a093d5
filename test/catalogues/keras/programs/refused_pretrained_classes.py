import keras
base = keras.applications.MobileNetV2(weights="imagenet", classes=5)
