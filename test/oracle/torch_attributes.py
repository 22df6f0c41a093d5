# The plain attributes (numbers, strings, tuples, None) that modules of torch.nn have behind their constructor.
#   python torch_attributes.py --out FILE
# A line per module: {"<source>": {"<attribute>": "<repr>"}}
import argparse
import json

SOURCES = [
    'nn.Conv1d(2, 4, 3)', 'nn.Conv2d(2, 4, 3, stride=2, padding=(1, 0))', 'nn.Conv3d(2, 4, (1, 2, 3), dilation=2)', "nn.Conv2d(2, 4, [3, 5], padding='same')", 'nn.Conv1d(2, 4, 3, groups=2, bias=False)',
    "nn.Conv2d(2, 4, 3, padding=1, padding_mode='reflect')",
    'nn.ConvTranspose1d(2, 4, 3)', 'nn.ConvTranspose2d(2, 4, 3, stride=2, output_padding=1)', 'nn.ConvTranspose3d(2, 4, 3)',
    'nn.MaxPool1d(2)', 'nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True)', 'nn.MaxPool3d((1, 2, 2), return_indices=True)', 'nn.AvgPool1d(2)', 'nn.AvgPool2d(2, divisor_override=3)', 'nn.AvgPool3d(2)',
    'nn.LPPool1d(2, 3)', 'nn.LPPool2d(2, 3, stride=1)', 'nn.LPPool3d(1.5, 2)', 'nn.AdaptiveAvgPool2d((1, None))', 'nn.AdaptiveMaxPool2d(5)', 'nn.MaxUnpool1d(2)', 'nn.MaxUnpool2d(2, stride=3)', 'nn.MaxUnpool3d(2)',
    'nn.FractionalMaxPool2d(3, output_size=4)', 'nn.FractionalMaxPool3d(2, output_ratio=0.5)',
    'nn.ZeroPad1d(1)', 'nn.ZeroPad2d((1, 2, 3, 4))', 'nn.ConstantPad2d(1, 3.5)', 'nn.ReflectionPad1d(2)', 'nn.ReflectionPad2d(2)', 'nn.ReplicationPad3d(1)', 'nn.CircularPad2d([1, 2, 3, 4])',
    "nn.Upsample(scale_factor=2, mode='bilinear')", 'nn.Upsample(size=(3, 4))', 'nn.Upsample(scale_factor=(2, 3))', 'nn.UpsamplingNearest2d(scale_factor=2)', 'nn.UpsamplingBilinear2d(size=5)',
    'nn.PixelShuffle(2)', 'nn.PixelUnshuffle(2)', 'nn.ChannelShuffle(2)', 'nn.Fold((4, 5), 2)', 'nn.Unfold((2, 3), padding=1)', 'nn.Flatten()', 'nn.Unflatten(1, (2, 3))',
    'nn.BatchNorm1d(4)', 'nn.BatchNorm2d(4, momentum=None, affine=False)', 'nn.BatchNorm3d(4, track_running_stats=False)', 'nn.SyncBatchNorm(4)', 'nn.InstanceNorm1d(4)', 'nn.InstanceNorm2d(4, affine=True)',
    'nn.GroupNorm(2, 4)', 'nn.LayerNorm(4)', 'nn.LayerNorm([3, 4], elementwise_affine=False)', 'nn.RMSNorm((4,))', 'nn.LocalResponseNorm(2)', 'nn.CrossMapLRN2d(3)',
    'nn.Dropout()', 'nn.Dropout2d(0.2, inplace=True)', 'nn.AlphaDropout(0.1)', 'nn.ReLU(inplace=True)', 'nn.ReLU6()', 'nn.Hardtanh(min_value=-2, max_value=3)', 'nn.LeakyReLU(0.2)', 'nn.ELU()', 'nn.PReLU(3)', 'nn.GELU()',
    "nn.GELU('tanh')", 'nn.Softmax(dim=1)', 'nn.Softmax()', 'nn.GLU()', 'nn.Threshold(0.1, 20)', 'nn.Softplus()', 'nn.RReLU()', 'nn.Sigmoid()', 'nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 10])',
    'nn.Linear(2, 3)', 'nn.Bilinear(2, 3, 4)', 'nn.LazyConv2d(4, 3)', 'nn.LazyBatchNorm2d()', 'nn.LazyLinear(3)',
]


def is_plain(value):
    return value is None or isinstance(value, (bool, int, float, str)) or isinstance(value, (tuple, list)) and all(is_plain(one) for one in value)


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--out', required=True)
    given = options.parse_args()
    import torch
    table = {}
    for source in SOURCES:
        module = eval(source, {'nn': torch.nn, 'torch': torch})
        names = [name for name in vars(module) if not name.startswith('_')] + [name for name in ('weight', 'bias', 'running_mean') if getattr(module, name, 0) is None]
        table[source] = {name: repr(getattr(module, name)) for name in names if is_plain(getattr(module, name))}
    with open(given.out, 'w') as out:
        out.write('{\n' + ',\n'.join(f'{json.dumps(key)}: {json.dumps(value)}' for key, value in table.items()) + '\n}\n')


if __name__ == '__main__':
    main()
