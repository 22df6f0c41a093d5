"""What real Keras computes where the trainer must compute the same: layers forward and through steps of SGD, optimizers, losses and metrics on
numbers that both sides draw alike. Writes test/facts/training.json; a test holds the trainer against it without Python.

    python test/oracle/training.py > test/facts/training.json      with names of stacks: only those
"""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

L2 = keras.regularizers.L2


def drawn(count, offset):
    return (np.sin((np.arange(count) + 1) * 12.9898 + offset * 78.233) * 0.5).astype("float32")


def set_weights(model):
    at = 1

    def fill(layer):
        nonlocal at
        if hasattr(layer, "layers") and isinstance(layer, keras.Model):
            for inner in layer.layers:
                fill(inner)
            return
        values = []
        for weight in layer.weights:
            if weight.dtype != "float32":
                values.append(weight.numpy())
                continue
            at += 1
            value = drawn(int(np.prod(weight.shape)), at).reshape(weight.shape)
            values.append(np.abs(value) + 0.5 if isinstance(layer, layers.BatchNormalization) else value)
        layer.set_weights(values)

    for layer in model.layers:
        fill(layer)


def targets(loss, batch, shape):
    units = shape[-1] if shape else 1
    count = int(np.prod(shape)) if shape else 1
    if loss == "sparse_categorical_crossentropy":
        places = count // units
        return (np.arange(batch * places) % units).reshape((batch,) + tuple(shape[:-1])).astype("float32")
    if loss in ("categorical_crossentropy", "kl_divergence", "categorical_hinge"):
        return np.eye(units, dtype="float32")[np.arange(batch) % units]
    if loss in ("binary_crossentropy", "hinge", "squared_hinge", "binary_focal_crossentropy"):
        return (np.arange(batch * count) % 2).reshape((batch,) + tuple(shape)).astype("float32")
    values = drawn(batch * count, 99).reshape((batch,) + tuple(shape))
    return np.abs(values) + 0.1 if loss in ("mean_squared_logarithmic_error", "poisson", "mean_absolute_percentage_error") else values


def plain(thing):
    config = {name: value for name, value in thing.get_config().items() if isinstance(value, (int, float, bool)) and value is not None}
    rate = keras.saving.serialize_keras_object(thing._learning_rate) if isinstance(getattr(thing, "_learning_rate", None), keras.optimizers.schedules.LearningRateSchedule) else None
    if rate is not None:
        config["learning_rate"] = rate
    return config


def configuration(model):
    config = json.loads(model.to_json())
    config.pop("compile_config", None)
    return config


def fact(name, model, loss="mean_squared_error", optimizer=None, loss_config=None, steps=3, batch=4, integers=None):
    set_weights(model)
    shape = tuple(model.inputs[0].shape[1:])
    size = int(np.prod(shape))
    x = (np.arange(batch * size) % integers).astype("float32").reshape((batch,) + shape) if integers else drawn(batch * size, 1).reshape((batch,) + shape)
    y = targets(loss, batch, tuple(model.outputs[0].shape[1:]))
    optimizer = optimizer or keras.optimizers.SGD(0.05)
    loss_object = keras.losses.get({"class_name": loss_config[0], "config": loss_config[1]}) if loss_config else loss
    model.compile(optimizer, loss_object)
    prediction = model.predict(x, verbose=0).reshape(-1)
    losses = []
    for _ in range(steps):
        # `train_on_batch` gives the loss as it was before the step, with what training alone does.
        losses.append(float(model.train_on_batch(x, y)))
        for metric in model.metrics:
            metric.reset_state()
    losses.append(float(model.evaluate(x, y, verbose=0)))
    return {
        "name": name, "config": configuration(model), "optimizer": {"name": type(optimizer).__name__, "arguments": plain(optimizer)},
        "loss": {"name": loss, "arguments": loss_config[1] if loss_config else {}}, "batch": batch, "integers": integers, "shape": list(shape),
        "target": [float(v) for v in y.reshape(-1)], "prediction": [round(float(v), 6) for v in prediction[:24]], "losses": [round(v, 6) for v in losses],
    }


def model(shape, *stack):
    return keras.Sequential([keras.Input(shape), *stack])


def small():
    return model((5,), layers.Dense(4, activation="tanh"), layers.Dense(3))


def head(*stack, shape=(6, 6, 2)):
    return model(shape, *stack, layers.Flatten(), layers.Dense(2))


def functional():
    x = keras.Input((6, 6, 2))
    a = layers.Conv2D(3, 3, padding="same", activation="relu")(x)
    b = layers.Conv2D(3, 1)(x)
    h = layers.Add()([a, b])
    shared = layers.Conv2D(2, 3)
    h = layers.Concatenate()([shared(h), shared(b)])
    h = layers.BatchNormalization()(h, training=False)
    return keras.Model(x, layers.Dense(3)(layers.GlobalAveragePooling2D()(h)))


def nested():
    inner = keras.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(3, 3), layers.BatchNormalization()], name="inner")
    inner.trainable = False
    return model((6, 6, 2), inner, layers.Flatten(), layers.Dense(2))


def all_facts():
    keras.utils.set_random_seed(1)
    wanted = sys.argv[1:]
    stacks = {
        "dense": lambda: small(),
        "dense regularized": lambda: model((5,), layers.Dense(4, activation="relu", kernel_regularizer=L2(0.01), bias_regularizer="l1"), layers.Dense(2, kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02))),
        "dense constrained": lambda: model((5,), layers.Dense(4, kernel_constraint=keras.constraints.MaxNorm(0.5)), layers.Dense(2, kernel_constraint="non_neg")),
        "activations": lambda: model((6,), *[layers.Dense(5, activation=name) for name in ("elu", "selu", "relu6", "sigmoid", "softplus", "softsign", "tanh", "gelu", "silu", "mish", "softmax", "log_softmax")]),
        "activation layers": lambda: model((6,), layers.Dense(5), layers.LeakyReLU(0.2), layers.Dense(5), layers.ReLU(max_value=0.4), layers.Dense(5), layers.ELU(), layers.Dense(5), layers.PReLU(), layers.Dense(3), layers.Softmax()),
        "conv1d": lambda: head(layers.Conv1D(3, 3, strides=2, padding="same"), layers.MaxPooling1D(2), shape=(9, 2)),
        "conv2d": lambda: head(layers.Conv2D(3, (3, 2), strides=(1, 2), padding="same", activation="relu"), layers.Conv2D(2, 2)),
        "conv2d strided beyond its size": lambda: head(layers.Conv2D(3, 1, strides=2, padding="same"), shape=(5, 6, 2)),
        "conv2d transposed": lambda: head(layers.Conv2DTranspose(2, 3, strides=2, padding="same")),
        "depthwise": lambda: head(layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="relu")),
        "separable": lambda: head(layers.SeparableConv2D(3, 3, depth_multiplier=2)),
        "conv3d": lambda: head(layers.Conv3D(2, 2), layers.MaxPooling3D(2), shape=(5, 5, 5, 1)),
        "max pooling of negative values": lambda: head(layers.Conv2D(3, 3), layers.MaxPooling2D(2, padding="same")),
        "average pooling": lambda: head(layers.Conv2D(3, 3), layers.AveragePooling2D(3, strides=2, padding="same")),
        "global pooling": lambda: model((6, 6, 2), layers.Conv2D(4, 3), layers.GlobalMaxPooling2D(), layers.Dense(2)),
        "global average pooling 1d": lambda: model((6, 2), layers.Conv1D(4, 3), layers.GlobalAveragePooling1D(), layers.Dense(2)),
        "layer normalization": lambda: model((6,), layers.Dense(5), layers.LayerNormalization(), layers.Dense(2)),
        "reshaping": lambda: model((12,), layers.Reshape((3, 4)), layers.Permute((2, 1)), layers.Flatten(), layers.Dense(3), layers.RepeatVector(2), layers.Dense(2)),
        "padding, cropping, growing": lambda: head(layers.ZeroPadding2D(((1, 0), (2, 1))), layers.Conv2D(2, 3), layers.UpSampling2D(2), layers.Cropping2D(1)),
        "rescaling": lambda: head(layers.Rescaling(2.0, offset=-1.0), layers.Conv2D(2, 3)),
        "simple rnn": lambda: model((4, 3), layers.SimpleRNN(3, return_sequences=True), layers.SimpleRNN(2)),
        "lstm": lambda: model((4, 3), layers.LSTM(3, return_sequences=True), layers.LSTM(2, go_backwards=True)),
        "gru": lambda: model((4, 3), layers.GRU(3, reset_after=False)),
        "bidirectional": lambda: model((4, 3), layers.Bidirectional(layers.LSTM(2, return_sequences=True)), layers.TimeDistributed(layers.Dense(2))),
        "functional": functional,
    }
    if wanted:
        return [fact(name, stacks[name]()) for name in wanted]
    facts = [fact(name, make()) for name, make in stacks.items()]
    facts.append(fact("embedding", model((5,), layers.Embedding(7, 3), layers.Flatten(), layers.Dense(2)), integers=7))
    facts.append(fact("frozen", nested()))
    optimizers = {
        "sgd": keras.optimizers.SGD(0.1), "sgd momentum": keras.optimizers.SGD(0.1, momentum=0.9), "sgd nesterov": keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        "rmsprop": keras.optimizers.RMSprop(0.01), "rmsprop centered": keras.optimizers.RMSprop(0.01, centered=True, momentum=0.5), "adam": keras.optimizers.Adam(0.01), "amsgrad": keras.optimizers.Adam(0.05, amsgrad=True, epsilon=1e-3),
        "adamw": keras.optimizers.AdamW(0.01, weight_decay=0.1), "adamax": keras.optimizers.Adamax(0.01), "nadam": keras.optimizers.Nadam(0.01), "adagrad": keras.optimizers.Adagrad(0.1),
        "adadelta": keras.optimizers.Adadelta(1.0), "lion": keras.optimizers.Lion(0.01), "clipnorm": keras.optimizers.SGD(0.5, clipnorm=0.1), "global clipnorm": keras.optimizers.SGD(0.5, global_clipnorm=0.1),
        "clipvalue": keras.optimizers.SGD(0.5, clipvalue=0.02), "sgd decay": keras.optimizers.SGD(0.1, weight_decay=0.2),
        "exponential": keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.2, 2, 0.5)), "cosine": keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.0, 3, warmup_target=0.3, warmup_steps=2)),
        "piecewise": keras.optimizers.SGD(keras.optimizers.schedules.PiecewiseConstantDecay([1, 3], [0.3, 0.1, 0.05])), "polynomial": keras.optimizers.SGD(keras.optimizers.schedules.PolynomialDecay(0.3, 4, 0.01, power=2.0)),
        "inverse": keras.optimizers.SGD(keras.optimizers.schedules.InverseTimeDecay(0.3, 2, 0.5, staircase=True)),
    }
    facts += [fact(f"optimizer {name}", small(), optimizer=optimizer, steps=6) for name, optimizer in optimizers.items()]
    softmax = lambda: model((5,), layers.Dense(4, activation="tanh"), layers.Dense(3, activation="softmax"))  # noqa: E731
    sigmoid = lambda: model((5,), layers.Dense(4, activation="tanh"), layers.Dense(1, activation="sigmoid"))  # noqa: E731
    positive = lambda: model((5,), layers.Dense(4, activation="tanh"), layers.Dense(2, activation="softplus"))  # noqa: E731
    for name in ("sparse_categorical_crossentropy", "categorical_crossentropy", "kl_divergence", "categorical_hinge"):
        facts.append(fact(f"loss {name}", softmax(), name))
    facts.append(fact("loss sparse from logits", small(), "sparse_categorical_crossentropy", loss_config=("SparseCategoricalCrossentropy", {"from_logits": True})))
    facts.append(fact("loss smooth from logits", small(), "categorical_crossentropy", loss_config=("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.2})))
    facts.append(fact("loss of pixels", model((4, 4, 2), layers.Conv2D(3, 3, padding="same", activation="softmax")), "sparse_categorical_crossentropy"))
    for name in ("binary_crossentropy", "hinge", "squared_hinge", "binary_focal_crossentropy"):
        facts.append(fact(f"loss {name}", sigmoid(), name))
    facts.append(fact("loss binary from logits", model((5,), layers.Dense(1)), "binary_crossentropy", loss_config=("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1})))
    for name in ("mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error", "poisson", "log_cosh", "cosine_similarity"):
        facts.append(fact(f"loss {name}", positive(), name))
    facts.append(fact("loss huber", positive(), "huber", loss_config=("Huber", {"delta": 0.3})))
    return facts


def all_metrics():
    found = []
    scores = np.abs(drawn(12 * 4, 5)).reshape(12, 4)
    classes = (np.arange(12) * 5 % 4).astype("float32")
    chances = np.abs(drawn(12, 7)).reshape(12, 1) * 2
    is_true = (np.arange(12) % 3 == 0).astype("float32").reshape(12, 1)
    for name, given in {"SparseCategoricalAccuracy": {}, "SparseTopKCategoricalAccuracy": {"k": 2}}.items():
        metric = getattr(keras.metrics, name)(**given)
        metric.update_state(classes, scores)
        found.append({"metric": name, "arguments": given, "kind": "classes", "width": 4, "target": classes.tolist(), "prediction": scores.reshape(-1).tolist(), "result": float(metric.result())})
    rows = np.eye(4, dtype="float32")[classes.astype(int)]
    for name, given in {"CategoricalAccuracy": {}, "TopKCategoricalAccuracy": {"k": 3}}.items():
        metric = getattr(keras.metrics, name)(**given)
        metric.update_state(rows, scores)
        found.append({"metric": name, "arguments": given, "kind": "one-hot", "width": 4, "target": rows.reshape(-1).tolist(), "prediction": scores.reshape(-1).tolist(), "result": float(metric.result())})
    for name, given in {"BinaryAccuracy": {"threshold": 0.3}, "Precision": {}, "Recall": {}, "AUC": {}, "MeanSquaredError": {}, "RootMeanSquaredError": {}, "MeanAbsoluteError": {}}.items():
        metric = getattr(keras.metrics, name)(**given)
        metric.update_state(is_true[:6], chances[:6])
        metric.update_state(is_true[6:], chances[6:])
        found.append({"metric": name, "arguments": given, "kind": "binary", "width": 1, "target": is_true.reshape(-1).tolist(), "prediction": chances.reshape(-1).tolist(), "result": float(metric.result())})
    return found


json.dump({"keras": keras.__version__, "training": all_facts(), "metrics": all_metrics()}, sys.stdout, separators=(",", ":"))
