# All losses, as modules and as functions.
from .drawing import Configuration, module

COUNT = 25


def reduction(draw):
    if not draw.chance(0.6):
        return {}
    if draw.chance(0.12):
        return {draw.pick('size_average', 'reduce'): draw.pick('False', 'True')}
    return {'reduction': draw.pick("'none'", "'none'", "'sum'", "'mean'") if draw.chance(0.94) else draw.pick("'avg'", "'batchmean'")}


def shape_of(draw, low=1, high=3):
    return [draw.integer(1, 4) for _ in range(draw.integer(low, high))]


def other_than(draw, shape):
    shape = list(shape)
    choice = draw.integer(0, 4)
    if choice == 0 and shape:
        at = draw.integer(0, len(shape) - 1)
        shape[at] += 1
    elif choice == 1 and shape:
        shape[draw.integer(0, len(shape) - 1)] = 1
    elif choice == 2:
        shape = shape[1:]
    elif choice == 3:
        shape = shape[:-1]
    else:
        shape = [*shape, 1]
    return shape


def both(class_name, function_name, generate):
    """The same draws once for the module and once for the function; `generate` gives options, inputs, dtypes and the call's arguments."""
    def as_module(draw):
        options, inputs, dtypes, arguments = generate(draw)
        return Configuration(module(draw, class_name, [], options), inputs, dtypes, f'module({arguments})')

    def as_function(draw):
        options, inputs, dtypes, arguments = generate(draw)
        text = ''.join(f', {key}={value}' for key, value in options.items())
        return Configuration(None, inputs, dtypes, f'F.{function_name}({arguments}{text})')
    return {class_name: as_module, f'F.{function_name}': as_function}


def elementwise(extra=lambda draw: {}, wrong=0.3):
    def generate(draw):
        shape = shape_of(draw, 0 if draw.chance(0.1) else 1)
        inputs = [shape, other_than(draw, shape) if draw.chance(wrong) else shape]
        dtypes = ['float32', 'float32'] if draw.chance(0.9) else [draw.pick('float32', 'int64', 'float64'), draw.pick('int64', 'float64')]
        return {**extra(draw), **reduction(draw)}, inputs, dtypes, 'x0, x1'
    return generate


def classes(extra):
    def generate(draw):
        count = draw.integer(1, 5)
        batch, positions = draw.integer(1, 4), [draw.integer(1, 4) for _ in range(draw.pick(0, 0, 0, 1, 2, 3))]
        scores = [batch, count, *positions]
        labels, dtype = [batch, *positions], 'int64'
        if draw.chance(0.12):
            scores, labels = [count], draw.pick([], [], [1], [2], [count])
        elif draw.chance(0.25):
            labels = other_than(draw, labels)
        elif draw.chance(0.2):
            labels = scores if draw.chance(0.8) else [batch, count + 1, *positions]
            dtype = draw.pick('float32', 'float32', 'int64')
        if draw.chance(0.1):
            dtype = draw.pick('int32', 'float32', 'uint8', 'bool')
        options = {**extra(draw), **reduction(draw)}
        if draw.chance(0.2):
            options['weight'] = f'torch.ones({count if draw.chance(0.8) else count + 1})'
        if draw.chance(0.15):
            options['ignore_index'] = draw.pick('-1', '255', '0')
        score_type = 'float32' if draw.chance(0.95) else draw.pick('int64', 'float64')
        return options, [scores, labels], [score_type, dtype], 'x0, x1'
    return generate


def smoothing(draw):
    return {'label_smoothing': draw.pick('0.1', '0.0', '0.5') if draw.chance(0.9) else '1.5'} if draw.chance(0.25) else {}


def binary(logits):
    def generate(draw):
        shape = shape_of(draw, 0 if draw.chance(0.1) else 1, 3)
        inputs = [shape, other_than(draw, shape) if draw.chance(0.25) else shape]
        dtypes = ['float32', 'float32'] if draw.chance(0.88) else [draw.pick('float32', 'int64'), draw.pick('int64', 'float64', 'bool')]
        options = reduction(draw)
        for name in ('weight', 'pos_weight') if logits else ('weight',):
            if draw.chance(0.2) and shape:
                options[name] = f'torch.ones({draw.pick(shape, shape[-1:], shape[-1:], [shape[-1] + 1])})'
        return options, inputs, dtypes, 'x0, x1'
    return generate


def multi_margin(per_row):
    def generate(draw):
        count, batch = draw.integer(2, 5), draw.integer(1, 4)
        scores = [batch, count] if draw.chance(0.75) else [count]
        labels = scores if per_row else scores[:-1]
        if draw.chance(0.2):
            labels = other_than(draw, labels)
        if draw.chance(0.06):
            scores = [*scores, 2]
        options = reduction(draw)
        if not per_row and draw.chance(0.3):
            options['p'] = draw.pick('1', '2', '3')
        if not per_row and draw.chance(0.2):
            options['weight'] = f'torch.ones({draw.pick(count, count, count + 1)})'
        return options, [scores, labels], ['float32', 'int64' if draw.chance(0.93) else draw.pick('int32', 'float32')], 'x0, x1'
    return generate


def gaussian(draw):
    shape = shape_of(draw, 1, 3)
    target = other_than(draw, shape) if draw.chance(0.15) else shape
    variance = draw.pick(shape, shape, [*shape[:-1], 1], shape[:-1], other_than(draw, shape))
    options = {'reduction': draw.pick("'none'", "'sum'", "'mean'")} if draw.chance(0.6) else {}
    if draw.chance(0.2):
        options['full'] = 'True'
    if draw.chance(0.1):
        return options, [shape, target], None, 'x0, x1, 1.0'
    return options, [shape, target, variance], None, 'x0, x1, x2'


def ranking(draw):
    shape = shape_of(draw, 1, 2)
    inputs = [shape, shape, shape]
    if draw.chance(0.3):
        inputs[draw.integer(0, 2)] = other_than(draw, shape)
    return {**({'margin': '0.5'} if draw.chance(0.3) else {}), **reduction(draw)}, inputs, None, 'x0, x1, x2'


def cosine(draw):
    batch, features = draw.integer(1, 4), draw.integer(1, 4)
    inputs = [[batch, features], [batch, features], [batch]] if draw.chance(0.8) else [[features], [features], []]
    if draw.chance(0.3):
        at = draw.integer(0, 2)
        inputs[at] = other_than(draw, inputs[at])
    return {**({'margin': '0.5'} if draw.chance(0.3) else {}), **reduction(draw)}, inputs, None, 'x0, x1, x2'


def triplet(with_distance):
    def generate(draw):
        shape = shape_of(draw, 1, 3)
        inputs = [shape, shape, shape]
        if draw.chance(0.3):
            inputs[draw.integer(0, 2)] = other_than(draw, shape)
        options = {}
        if draw.chance(0.3):
            options['margin'] = draw.pick('1.0', '0.2') if draw.chance(0.8) else draw.pick('0.0', '-1.0')
        if draw.chance(0.2):
            options['swap'] = 'True'
        if with_distance and draw.chance(0.4):
            options['distance_function'] = draw.pick('nn.PairwiseDistance()', 'lambda a, b: 1 - F.cosine_similarity(a, b, dim=-1)')
        found = reduction(draw)
        return {**options, **({} if with_distance and 'reduction' not in found else found)}, inputs, None, 'x0, x1, x2'
    return generate


def temporal(draw):
    steps, batch, count, longest = draw.integer(4, 9), draw.integer(1, 3), draw.integer(2, 5), draw.integer(1, 3)
    single = draw.chance(0.15)
    scores = [steps, count] if single else [steps, batch, count]
    targets = [longest] if single else [batch, longest]
    if draw.chance(0.08):
        scores = draw.pick([steps], [1, *scores, 1])
    if draw.chance(0.06):
        targets = [*targets[:-1], targets[-1] + 1] if draw.chance(0.5) or single else [batch + 1, longest]
    lengths = f'torch.full(({"" if single else batch},), {steps if draw.chance(0.93) else steps + 1})' if not single else f'torch.tensor({steps})'
    if not single and draw.chance(0.2):
        lengths = str([steps] * (batch if draw.chance(0.7) else batch + 1))
    target_lengths = f'torch.full(({batch},), {longest if draw.chance(0.93) else longest + 2})' if not single else f'torch.tensor({longest})'
    options = {}
    if draw.chance(0.3):
        options['blank'] = str(draw.integer(0, count - 1) if draw.chance(0.8) else count)
    if draw.chance(0.6):
        options['reduction'] = draw.pick("'none'", "'sum'", "'mean'")
    return options, [scores, targets], ['float32', 'int64'], f'x0.log_softmax(-1), x1 + 1, {lengths}, {target_lengths}' if draw.chance(0.9) else f'x0.long(), x1, {lengths}, {target_lengths}'


def linear_classes(draw):
    features, count, batch = draw.integer(1, 5), draw.integer(1, 5), draw.integer(1, 4)
    further = [draw.integer(1, 3) for _ in range(draw.pick(0, 0, 0, 1, 2))]
    given = features if draw.chance(0.9) else features + 1
    single = draw.chance(0.1)
    labels = further if single else [batch, *further]
    if draw.chance(0.2):
        labels = other_than(draw, labels)
    options = {}
    if further or draw.chance(0.1):
        options['out_features'] = f'({"".join(f"{size}, " for size in further)})'
    if draw.chance(0.3):
        options['bias'] = 'True'
    if draw.chance(0.4):
        options['reduction'] = draw.pick("'none'", "'sum'", "'mean'") if draw.chance(0.95) else "'avg'"
    if draw.chance(0.2):
        options['weight'] = f'torch.ones({draw.pick(count, count, count + 1)})'
    source = module(draw, 'LinearCrossEntropyLoss', [('in_features', str(features)), ('num_classes', str(count))], options)
    return Configuration(source, [[given] if single else [batch, given], labels], ['float32', 'int64' if draw.chance(0.93) else draw.pick('float32', 'int32')])


def linear_function(draw):
    features, count, batch = draw.integer(1, 5), draw.integer(1, 5), draw.integer(1, 4)
    further = [draw.integer(1, 3) for _ in range(draw.pick(0, 0, 0, 1, 2))]
    inputs = [[batch, features if draw.chance(0.9) else features + 1], [count, *further, features], [batch, *further]]
    if draw.chance(0.2):
        inputs[2] = other_than(draw, inputs[2])
    options = draw.pick('', ", reduction='none'", ", reduction='sum'", ', label_smoothing=0.1')
    return Configuration(None, inputs, ['float32', 'float32', 'int64'], f'F.linear_cross_entropy(x0, x1, x2{options})')


GENERATORS = {
    'LinearCrossEntropyLoss': linear_classes, 'F.linear_cross_entropy': linear_function,
    **both('CrossEntropyLoss', 'cross_entropy', classes(smoothing)),
    **both('NLLLoss', 'nll_loss', classes(lambda draw: {})),
    **both('MSELoss', 'mse_loss', elementwise()),
    **both('L1Loss', 'l1_loss', elementwise()),
    **both('SmoothL1Loss', 'smooth_l1_loss', elementwise(lambda draw: {'beta': '0.5'} if draw.chance(0.3) else {})),
    **both('HuberLoss', 'huber_loss', lambda draw: (lambda found: ({**({'delta': '0.5'} if draw.chance(0.3) else {}), **({key: value for key, value in found[0].items() if key == 'reduction'})}, *found[1:]))(elementwise()(draw))),
    **both('KLDivLoss', 'kl_div', elementwise(lambda draw: {'log_target': 'True'} if draw.chance(0.3) else {})),
    **both('PoissonNLLLoss', 'poisson_nll_loss', elementwise(lambda draw: {'log_input': 'False'} if draw.chance(0.3) else {})),
    **both('SoftMarginLoss', 'soft_margin_loss', elementwise()),
    **both('HingeEmbeddingLoss', 'hinge_embedding_loss', elementwise(lambda draw: {'margin': '0.5'} if draw.chance(0.3) else {})),
    **both('MultiLabelSoftMarginLoss', 'multilabel_soft_margin_loss', elementwise()),
    **both('GaussianNLLLoss', 'gaussian_nll_loss', gaussian),
    **both('BCELoss', 'binary_cross_entropy', binary(False)),
    **both('BCEWithLogitsLoss', 'binary_cross_entropy_with_logits', binary(True)),
    **both('MultiMarginLoss', 'multi_margin_loss', multi_margin(False)),
    **both('MultiLabelMarginLoss', 'multilabel_margin_loss', multi_margin(True)),
    **both('MarginRankingLoss', 'margin_ranking_loss', ranking),
    **both('CosineEmbeddingLoss', 'cosine_embedding_loss', cosine),
    **both('TripletMarginLoss', 'triplet_margin_loss', triplet(False)),
    **both('TripletMarginWithDistanceLoss', 'triplet_margin_with_distance_loss', triplet(True)),
    **both('CTCLoss', 'ctc_loss', temporal),
}
COUNTS = {'CrossEntropyLoss': 60, 'F.cross_entropy': 40, 'NLLLoss': 40}
