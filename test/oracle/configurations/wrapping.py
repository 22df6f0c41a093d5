# Configurations of the layers that hold other layers: TimeDistributed, Bidirectional, Wrapper and Pipeline.
from .drawing import Arguments, Configuration, common_options, wrong_keyword, wrong_rank
from .recurrent import GENERATORS as RECURRENT

GENERATORS = {}


def time_distributed(draw):
    inner, shape = draw.pick(
        ('layers.Dense(10)', [8]), ("layers.Dense(4, activation='relu')", [5, 8]), ('layers.Conv2D(8, 3)', [16, 16, 3]), ("layers.Conv2D(8, 3, strides=2, padding='same')", [15, 16, 3]),
        ('layers.MaxPooling2D()', [8, 8, 3]), ('layers.Flatten()', [4, 4, 2]), ('layers.GlobalAveragePooling2D()', [8, 8, 4]), ('layers.Dropout(0.5)', [8]),
        ('layers.LSTM(6)', [7, 4]), ('layers.LSTM(6, return_sequences=True)', [7, 4]), ('layers.Embedding(50, 4)', [9]), ('layers.BatchNormalization()', [8]),
        ('layers.Reshape((4, 2))', [8]), ('layers.Conv1D(4, 3)', [12, 2]), ('layers.LayerNormalization()', [8]), ('keras.Sequential([layers.Dense(4), layers.Dense(2)])', [8]),
        ('layers.GlobalMaxPooling1D()', [6, 3]), ('layers.ZeroPadding2D(1)', [4, 4, 1]), ('layers.RepeatVector(3)', [5]),
    )
    arguments = Arguments([('layer', inner)])
    common_options(draw, arguments)
    inputs = [[draw.batch(), draw.pick(None, 1, 4, 7, 10), *shape]]
    if draw.chance(0.25):
        draw.pick(lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs), lambda: wrong_keyword(draw, arguments),
                  lambda: arguments.replace('layer', draw.pick('4', 'layers.Dense', "'dense'", 'None', 'lambda x: x')), lambda: arguments.drop_required('layer'),
                  lambda: inputs.__setitem__(0, [None, 8]))()
    return Configuration(arguments.text(draw, 'TimeDistributed'), inputs)


def bidirectional(draw):
    kind = draw.pick('SimpleRNN', 'GRU', 'LSTM', 'LSTM', 'GRU', 'ConvLSTM1D', 'RNN')
    inner = RECURRENT[kind](draw)
    if inner.call:
        inner.inputs, inner.call = inner.inputs[:1], None
    arguments = Arguments([('layer', inner.source)])
    if draw.chance(0.4):
        arguments.optional['merge_mode'] = draw.pick("'concat'", "'sum'", "'mul'", "'ave'", 'None')
    if draw.chance(0.08):
        size = draw.pick(4, 4, 6)
        arguments.required = [('layer', 'layers.LSTM(4, return_sequences=True)')]
        arguments.optional['backward_layer'] = f'layers.{draw.pick("LSTM", "GRU")}({size}, return_sequences={draw.pick("True", "True", "False")}, go_backwards={draw.pick("True", "True", "False")})'
        inner.inputs = [[None, 5, 3]]
    common_options(draw, arguments)
    if draw.chance(0.12):
        draw.pick(lambda: arguments.replace('layer', draw.pick('layers.Dense(4)', '4', 'layers.LSTM', 'layers.Conv1D(4, 3)')), lambda: wrong_keyword(draw, arguments),
                  lambda: arguments.optional.update(merge_mode=draw.text('average', 'max', 'cat')), lambda: arguments.drop_required('layer'))()
    return Configuration(arguments.text(draw, 'Bidirectional'), inner.inputs)


def wrapper(draw):
    arguments = Arguments([('layer', draw.pick('layers.Dense(4)', 'layers.Dense(4)', 'layers.Conv2D(4, 3)', '4', 'layers.Dense', 'None'))])
    common_options(draw, arguments)
    if draw.chance(0.2):
        wrong_keyword(draw, arguments)
    return Configuration(arguments.text(draw, 'Wrapper'), [[None, 8]])


def pipeline(draw):
    inner = [draw.pick('layers.Rescaling(1.0 / 255)', 'layers.RandomFlip()', 'layers.CenterCrop(4, 4)', 'layers.Resizing(6, 6)', 'layers.Flatten()', 'layers.RandomContrast(0.2)')
             for _ in range(draw.integer(1, 3))]
    arguments = Arguments([('layers', f'[{", ".join(inner)}]')])
    if draw.chance(0.2):
        draw.pick(lambda: arguments.optional.update(name="'augment'"), lambda: arguments.optional.update(dtype="'float32'"), lambda: arguments.replace('layers', inner[0]),
                  lambda: wrong_keyword(draw, arguments))()
    return Configuration(arguments.text(draw, 'Pipeline'), [[draw.batch(), 8, 8, 3]])


GENERATORS.update(TimeDistributed=time_distributed, Bidirectional=bidirectional, Wrapper=wrapper, Pipeline=pipeline)
