# Facts about keras.applications: every model under several arguments, what it counts and gives, or why it is refused.
#   python applications.py --out FILE [--model NAME …] [--few]
# A line is {source, name, input, output, params, trainable, layers} or {source, refused}; `table` lists the layers of two of them
# as [name, class, output, params]. Ready-made weights are never loaded: they change no shape and no count.
import argparse
import json
import os
import sys
import warnings

os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
warnings.filterwarnings('ignore')

import keras  # noqa: E402
from keras.src.models.model import Model  # noqa: E402
from keras.src.utils import file_utils  # noqa: E402

from layers import Judge, short_message  # noqa: E402

ALWAYS = ['weights=None', 'weights=None, include_top=False', "weights='imagenet', include_top=False, input_shape=(S, S, 3)"]
OFTEN = [
    "weights=None, include_top=False, pooling='avg'", "weights=None, include_top=False, input_shape=(S, S, 3), pooling='max'",
    'weights=None, classes=10, input_shape=(S, S, 3)', 'weights=None, classes=5, classifier_activation=None', 'include_top=False, input_shape=(160, 192, 3)',
    'weights=None, include_top=False, input_tensor=keras.Input((S, S, 3))', 'weights=None, include_top=False, input_shape=(S, S, 1)',
    "weights=None, include_top=False, input_shape=(None, None, 3), pooling='avg'", "weights=None, include_top=False, name='backbone'",
]
REFUSED = [
    "weights='imagenet', include_top=False, input_shape=(S, S, 1)", "weights='imagenet', classes=10", "weights='imagenett'", 'weights=None, include_top=False, input_shape=(16, 16, 3)',
    'weights=None, include_top=False, input_shape=(31, 31, 3)', 'weights=None, include_top=False, input_shape=(32, 32, 3)', 'weights=None, include_top=False, input_shape=(70, 70, 3)',
    'weights=None, include_top=False, input_shape=(74, 75, 3)', 'weights=None, include_top=False, input_shape=(28, 28, 1)', 'weights=None, include_top=False, input_shape=(S, S)',
    'weights=None, input_shape=(None, None, 3)', "weights='imagenet', input_shape=(128, 128, 3)", 'weights=None, includetop=False', 'weights=None, include_top=False, num_classes=10',
    "weights=None, include_top=False, input_shape=(3, S, S)", "weights=None, include_top=False, pooling='mean'", "weights=None, pooling='avg'", 'weights=None, include_top=False, input_shape=(2, 2, 3)',
]
EXTRA = {
    'MobileNet': ['weights=None, alpha=0.5', "weights='imagenet', alpha=0.3", "weights='imagenet', alpha=0.25, include_top=False, input_shape=(128, 128, 3)", 'weights=None, depth_multiplier=2, dropout=0.5',
                  'weights=None, alpha=1.5, include_top=False', "weights='imagenet', depth_multiplier=2"],
    'MobileNetV2': ['weights=None, alpha=0.35', "weights='imagenet', alpha=0.4", 'weights=None, alpha=1.4, include_top=False', "weights='imagenet', alpha=1.3, include_top=False, input_shape=(96, 96, 3)"],
    'MobileNetV3Small': ['weights=None, alpha=0.75', "weights='imagenet', alpha=0.5", 'weights=None, minimalistic=True', 'weights=None, include_preprocessing=False', 'weights=None, dropout_rate=0.5'],
    'MobileNetV3Large': ['weights=None, alpha=0.75', "weights='imagenet', alpha=0.5", 'weights=None, minimalistic=True', 'weights=None, include_preprocessing=False'],
    'EfficientNetV2B0': ['weights=None, include_preprocessing=False'],
    'ConvNeXtTiny': ['weights=None, include_preprocessing=False'],
    'NASNetMobile': ['weights=None, include_top=False, input_shape=(331, 331, 3)'],
}
TABLES = ['VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))', 'MobileNetV2(weights=None, include_top=False, input_shape=(224, 224, 3))']
SMALL = ['VGG16', 'ResNet50', 'ResNet50V2', 'MobileNet', 'MobileNetV2', 'MobileNetV3Small', 'MobileNetV3Large', 'EfficientNetB0', 'EfficientNetV2B0', 'DenseNet121', 'InceptionV3', 'Xception',
         'ConvNeXtTiny', 'NASNetMobile', 'InceptionResNetV2']


def model_names():
    return sorted(name for name in dir(keras.applications) if callable(getattr(keras.applications, name)) and name[0].isupper())


def programs(few):
    # One model a family gets every combination; the others, which differ in depth only, the first ones.
    for name in model_names():
        combinations = ALWAYS + (OFTEN if name in SMALL and not few else OFTEN[:1]) + (REFUSED if name in SMALL and not few else REFUSED[:5]) + ([] if few else EXTRA.get(name, []))
        for combination in combinations:
            yield f'applications.{name}({combination.replace("S", "96")})'
    for text in TABLES:
        yield f'applications.{text}'


def never_load_weights():
    file_utils.get_file = lambda *arguments, **options: 'weights.h5'
    Model.load_weights = lambda self, *arguments, **options: None


def fact_of(source, judge, with_table):
    keras.utils.clear_session()
    try:
        model = eval(source, {'keras': keras, 'applications': keras.applications})
    except Exception as error:
        return {'source': source, 'refused': short_message(error)}
    fact = {'source': source, 'name': model.name, 'input': judge.shapes(model.input), 'output': judge.shapes(model.output), 'params': model.count_params(),
            'trainable': sum(judge.size(weight) for weight in model.trainable_weights), 'layers': len(model.layers)}
    if with_table:
        fact['table'] = [[layer.name, type(layer).__name__, judge.shapes(layer.output), layer.count_params()] for layer in model.layers]
    return fact


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--out')
    options.add_argument('--model', nargs='*')
    options.add_argument('--few', action='store_true')
    given = options.parse_args()
    never_load_weights()
    judge = Judge()
    out = open(given.out, 'w') if given.out else sys.stdout
    tables = {f'applications.{text}' for text in TABLES}
    for source in programs(given.few):
        if given.model and source.split('.')[1].split('(')[0] not in given.model:
            continue
        out.write(json.dumps(fact_of(source, judge, source in tables), separators=(',', ':')) + '\n')
        out.flush()


if __name__ == '__main__':
    main()
