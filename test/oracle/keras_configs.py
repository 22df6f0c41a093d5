"""Builds models from configurations as real Keras reads them: one JSON line in, one out, with each weight's shape in Keras' order."""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402


def describe(config):
    try:
        keras.backend.clear_session()
        model = keras.models.model_from_json(json.dumps(config))
        layers = {layer.name: [list(weight.shape) for weight in layer.weights] for layer in model.layers}
        return {"layers": layers, "count": model.count_params() if model.built else None, "trainable": sorted(w.path for w in model.trainable_weights) != []}
    except Exception as error:  # noqa: BLE001
        return {"error": f"{type(error).__name__}: {error}"[:600]}


for line in sys.stdin:
    print(json.dumps(describe(json.loads(line))), flush=True)
