# Configurations of the image preprocessing and augmentation layers. Most keep the shape; what they differ in is which arguments they refuse.
from .core import any_shape
from .drawing import Arguments, Configuration, common_options, wrong_keyword, wrong_rank

GENERATORS = {}
FACTOR = ['0.2', '0.5', '0.1', '(0.1, 0.3)', '(-0.2, 0.3)', '1.0', '0']
WRONG_FACTOR = ['-0.5', '(0.5, 0.1)', "'0.2'", '2.5', '(1, 2, 3)', 'None', '(-3.0, 4.0)']
INTERPOLATION = ["'nearest'", "'bilinear'"]
FILL_MODE = ["'reflect'", "'constant'", "'wrap'", "'nearest'"]
VALUE_RANGE = ['(0, 255)', '(0, 1)', '[0.0, 1.0]', '(0.0, 255.0)', '(-1.0, 1.0)']
WRONG_RANGE = ['(0, 1, 2)', '255', "'0'", '(1, 0)', '(5.0,)']


def picture(draw):
    height, width = draw.lengths(2, 6, 32, 0.08)
    channels = draw.pick(1, 3, 3, 3, 4)
    return draw.pick([draw.batch(), height, width, channels], [draw.batch(), height, width, channels], [height or 8, width or 8, channels])


def augmentation(name, required=(), optional=None, wrong=()):
    def generate(draw):
        arguments = Arguments([(key, draw.pick(*values)) for key, values in required])
        for key, values in (optional or {}).items():
            if draw.chance(0.3):
                arguments.optional[key] = draw.pick(*values)
        if draw.chance(0.1):
            arguments.optional['seed'] = draw.pick('42', 'None')
        common_options(draw, arguments)
        inputs = [picture(draw)]
        if draw.chance(0.25):
            spoilers = [lambda key=key, value=value: arguments.replace(key, value) for key, values in wrong for value in values]
            draw.pick(lambda: wrong_keyword(draw, arguments), lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs),
                      *(lambda key=key: arguments.drop_required(key) for key, _ in required), *spoilers)()
        return Configuration(arguments.text(draw, name), inputs, None if draw.chance(0.9) else [draw.pick('uint8', 'int32')])
    GENERATORS[name] = generate


def sized(name, optional=None, wrong=()):
    def generate(draw):
        arguments = Arguments([('height', str(draw.integer(1, 24))), ('width', str(draw.integer(1, 24)))])
        for key, values in (optional or {}).items():
            if draw.chance(0.25):
                arguments.optional[key] = draw.pick(*values)
        inputs = [picture(draw)]
        if draw.chance(0.12):
            arguments.optional['data_format'] = "'channels_first'"
            inputs[0][-3:] = [inputs[0][-1], *inputs[0][-3:-1]]
        common_options(draw, arguments)
        if draw.chance(0.25):
            spoilers = [lambda key=key, value=value: arguments.replace(key, value) for key, values in wrong for value in values]
            draw.pick(lambda: arguments.replace('height', draw.pick('0', '-4', 'None', "'8'", '2.5', '(8, 8)')), lambda: arguments.drop_required('width'), lambda: wrong_rank(draw, inputs),
                      lambda: wrong_rank(draw, inputs), lambda: arguments.replace('width', '200'), lambda: wrong_keyword(draw, arguments), *spoilers)()
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


def rescaling(draw):
    arguments = Arguments([('scale', draw.pick('1.0 / 255', '1 / 127.5', '2', '[1.0, 2.0, 3.0]', '0.5'))])
    if draw.chance(0.4):
        arguments.optional['offset'] = draw.pick('-1', '0.0', '[0.1, 0.2, 0.3]', '1.0')
    common_options(draw, arguments)
    inputs = [any_shape(draw, 1, 4)]
    if draw.chance(0.6):
        inputs = [[draw.batch(), 8, 8, 3]]
    if draw.chance(0.2):
        draw.pick(lambda: arguments.drop_required('scale'), lambda: wrong_keyword(draw, arguments), lambda: arguments.replace('scale', draw.pick('None', "'255'")))()
    return Configuration(arguments.text(draw, 'Rescaling'), inputs, None if draw.chance(0.8) else [draw.pick('uint8', 'int32')])


def max_boxes(draw):
    arguments = Arguments([('max_number', draw.pick('10', '1', '0', '-1', "'10'"))])
    return Configuration(arguments.text(draw, 'MaxNumBoundingBoxes'), [[None, 5, 4], [None, 5]], None, "layer({'boxes': x0, 'labels': x1})")


VALUE = {'value_range': VALUE_RANGE}
WRONG_VALUE = [('value_range', WRONG_RANGE)]
MOVED = {'fill_mode': FILL_MODE, 'interpolation': INTERPOLATION, 'fill_value': ['0.0', '1.0']}
WRONG_MOVED = [('fill_mode', ["'mirror'", "'zeros'"]), ('interpolation', ["'cubic'", "'area'"])]

augmentation('RandomFlip', optional={'mode': ["'horizontal'", "'vertical'", "'horizontal_and_vertical'"]}, wrong=[('mode', ["'both'", "'h'", '0.5', 'None'])])
augmentation('RandomRotation', [('factor', FACTOR)], MOVED, [('factor', WRONG_FACTOR), *WRONG_MOVED])
augmentation('RandomZoom', [('height_factor', FACTOR)], {**MOVED, 'width_factor': FACTOR}, [('height_factor', WRONG_FACTOR), *WRONG_MOVED])
augmentation('RandomTranslation', [('height_factor', FACTOR), ('width_factor', FACTOR)], MOVED, [('height_factor', WRONG_FACTOR), *WRONG_MOVED])
augmentation('RandomShear', [], {'x_factor': FACTOR, 'y_factor': FACTOR, **MOVED}, [('x_factor', WRONG_FACTOR), *WRONG_MOVED])
augmentation('RandomContrast', [('factor', FACTOR)], VALUE, [('factor', WRONG_FACTOR), *WRONG_VALUE])
augmentation('RandomBrightness', [('factor', FACTOR)], VALUE, [('factor', WRONG_FACTOR), *WRONG_VALUE])
augmentation('RandomColorDegeneration', [('factor', FACTOR)], VALUE, [('factor', WRONG_FACTOR), *WRONG_VALUE])
augmentation('RandomColorJitter', [], {**VALUE, 'brightness_factor': FACTOR, 'contrast_factor': FACTOR, 'saturation_factor': FACTOR, 'hue_factor': FACTOR},
             [('brightness_factor', WRONG_FACTOR), *WRONG_VALUE])
for _name in ('RandomHue', 'RandomSaturation', 'RandomSharpness', 'RandomPosterization'):
    augmentation(_name, [('factor', [*FACTOR, '4', '8'])], VALUE, [('factor', WRONG_FACTOR), *WRONG_VALUE])
augmentation('RandomGrayscale', [], {'factor': ['0.5', '1.0', '0.0']}, [('factor', WRONG_FACTOR)])
augmentation('RandomGaussianBlur', [], {**VALUE, 'factor': ['0.5', '1.0'], 'kernel_size': ['3', '5', '(3, 5)'], 'sigma': ['1.0', '(0.5, 1.0)']},
             [('factor', WRONG_FACTOR), ('kernel_size', ['0', '2', "'3'", '(3, 3, 3)']), *WRONG_VALUE])
augmentation('RandomInvert', [], {**VALUE, 'factor': ['0.5', '1.0']}, [('factor', WRONG_FACTOR), *WRONG_VALUE])
augmentation('RandomErasing', [], {**VALUE, 'factor': ['0.5', '1.0'], 'scale': ['(0.02, 0.2)', '0.3'], 'fill_value': ['0.0', 'None']},
             [('factor', WRONG_FACTOR), ('scale', ['(0.5,)', '2.0', "'a'"]), *WRONG_VALUE])
augmentation('RandomPerspective', [], {'factor': ['0.5', '1.0'], 'scale': ['0.3', '1.0'], 'interpolation': INTERPOLATION}, [('factor', WRONG_FACTOR), ('interpolation', ["'cubic'"])])
augmentation('RandomElasticTransform', [], {**VALUE, 'factor': ['0.5', '1.0'], 'scale': ['0.3', '1.0'], 'interpolation': INTERPOLATION}, [('factor', WRONG_FACTOR), *WRONG_MOVED])
augmentation('Solarization', [], {**VALUE, 'addition_factor': ['0.1', '(0.0, 0.5)'], 'threshold_factor': ['0.2', '0.5']}, [('addition_factor', WRONG_FACTOR), *WRONG_VALUE])
augmentation('AutoContrast', [], VALUE, WRONG_VALUE)
augmentation('Equalization', [], {**VALUE, 'bins': ['256', '64']}, [('bins', ['0', "'256'"]), *WRONG_VALUE])
augmentation('ContrastLimitedAdaptiveHistogramEqualization', [], {**VALUE, 'clip_limit': ['2', '4.0'], 'tile_grid_size': ['(4, 4)', '(2, 2)']}, [('tile_grid_size', ['4', '(0, 4)']), *WRONG_VALUE])
augmentation('RandAugment', [], {**VALUE, 'num_ops': ['1', '2', '3'], 'factor': ['0.3', '0.5']}, [('factor', WRONG_FACTOR), ('num_ops', ['0', '-1', '50']), *WRONG_VALUE])
augmentation('AugMix', [], {**VALUE, 'num_chains': ['1', '3'], 'chain_depth': ['1', '3'], 'factor': ['0.3', '0.5']}, [('factor', WRONG_FACTOR), *WRONG_VALUE])
augmentation('CutMix', [], {'factor': ['1.0', '0.5']}, [('factor', WRONG_FACTOR)])
augmentation('MixUp', [], {'alpha': ['0.2', '0.4']}, [('alpha', WRONG_FACTOR)])
sized('CenterCrop')
sized('RandomCrop', {'seed': ['1', 'None']})
sized('Resizing', {'interpolation': ["'nearest'", "'bicubic'", "'bilinear'", "'lanczos3'"], 'crop_to_aspect_ratio': ['True', 'False'], 'pad_to_aspect_ratio': ['True', 'False'],
                   'antialias': ['True']}, [('interpolation', ["'linear'", "'cubic'"]), ('fill_mode', ["'reflect'"])])
GENERATORS.update(Rescaling=rescaling, MaxNumBoundingBoxes=max_boxes)
