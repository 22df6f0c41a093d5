# Writes what real torchvision says of every builder of torchvision.models: the number of parameters without weights, and the shapes of what
# it gives for an input of the size that it is made for.
#   python test/oracle/torchvision_builders.py > test/facts/torchvision-builders.jsonl
# Models are built and run on PyTorch's meta device: nothing is computed and no weights are fetched. Detection looks at what it computes,
# so its models are only counted.

import json
import sys

import torch

from stand_ins_torch import import_vision

vision = import_vision(torch)
if vision is None:
    sys.exit('torchvision is not installed')
models = vision.models

GROUPS = ((models, 'classification'), (models.quantization, 'quantization'), (models.segmentation, 'segmentation'), (models.detection, 'detection'), (models.video, 'video'), (models.optical_flow, 'optical_flow'))


def build(builder, group):
    given = {'detection': {'weights_backbone': None}, 'segmentation': {'weights_backbone': None}}.get(group, {})
    # The widths of a RegNet and the drop rates of some are computed with tensors, which the meta device does not do.
    try:
        with torch.device('meta'):
            return builder(weights=None, **given).eval()
    except (NotImplementedError, RuntimeError):
        return builder(weights=None, **given).to('meta').eval()


def inputs_of(name, group, model):
    if group == 'detection':
        return None
    if group == 'video':
        size = 224 if name.startswith(('mvit', 's3d', 'swin')) else 112
        return [[1, 3, 16, size, size]]
    if group == 'optical_flow':
        return [[1, 3, 128, 192]] * 2
    if group == 'segmentation':
        return [[1, 3, 520, 520]]
    # A ViT says itself which size it is for; its weights may be for another.
    crop = models.get_model_weights(name).DEFAULT.transforms.keywords.get('crop_size', 224)
    size = getattr(model, 'image_size', crop[0] if isinstance(crop, (list, tuple)) else crop)
    return [[1, 3, size, size]]


def shapes(result):
    if torch.is_tensor(result):
        return list(result.shape)
    if isinstance(result, dict):
        return {key: shapes(value) for key, value in result.items()}
    return [shapes(one) for one in result] if all(torch.is_tensor(one) for one in result) else None


for module, group in GROUPS:
    for full in models.list_models(module=module):
        builder = models.get_model_builder(full)
        name = builder.__name__
        model = build(builder, group)
        inputs = inputs_of(full, group, model)
        output = None
        if inputs is not None:
            with torch.no_grad(), torch.device('meta'):
                try:
                    output = shapes(model(*[torch.empty(shape, device='meta') for shape in inputs]))
                except Exception as error:
                    print(name, group, repr(error)[:300], file=sys.stderr)
        print(json.dumps({'builder': name, 'group': group, 'params': sum(one.numel() for one in model.parameters()), 'inputs': inputs, 'output': output}, separators=(',', ':')))
