"""Loads models that the trainer wrote, in real Keras: `.keras` and `.weights.h5` must give the same predictions, and those that TensorFlow.js gave.
One JSON line in ({folder, config, input, shape, prediction}), one out."""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
import numpy as np  # noqa: E402


def check(given):
    try:
        model = keras.models.load_model(os.path.join(given["folder"], "model.keras"), compile=False)
        other = keras.models.model_from_json(json.dumps(given["config"]))
        other.load_weights(os.path.join(given["folder"], "model.weights.h5"))
        x = np.array(given["input"], "float32").reshape(given["shape"])
        expected = np.array(given["prediction"], "float32")
        return {"difference": [float(np.abs(np.asarray(one(x)).reshape(-1) - expected).max()) for one in (model, other)]}
    except Exception as error:  # noqa: BLE001
        return {"error": f"{type(error).__name__}: {error}"[:600]}


for line in sys.stdin:
    print(json.dumps(check(json.loads(line))), flush=True)
