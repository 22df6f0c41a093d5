# Configurations of the layers that turn raw values into numbers: text, look-up tables, hashing, binning, category encoding, sound.
# Look-up layers are given their vocabulary; `adapt` needs data and is the program's business.
from .drawing import Arguments, Configuration, common_options, wrong_keyword

GENERATORS = {}
OUTPUT_MODES = ['int', 'int', 'one_hot', 'multi_hot', 'count', 'tf_idf']


def strings(draw, low=2, high=7):
    return repr([chr(ord('a') + at) for at in range(draw.integer(low, high))])


def look_up(name, dtypes, vocabulary):
    def generate(draw):
        arguments = Arguments()
        known = vocabulary(draw)
        arguments.optional['vocabulary'] = known
        mode = draw.pick(*OUTPUT_MODES)
        if draw.chance(0.6):
            arguments.optional['output_mode'] = repr(mode)
        else:
            mode = 'int'
        if mode == 'tf_idf' and draw.chance(0.85):
            arguments.optional['idf_weights'] = repr([0.5] * (known.count(',') + 1))
        if draw.chance(0.3):
            arguments.optional['num_oov_indices'] = str(draw.pick(0, 1, 2, 3))
        if draw.chance(0.15):
            arguments.optional['mask_token'] = draw.pick('None', "''" if name == 'StringLookup' else '0')
        if draw.chance(0.25):
            arguments.optional['max_tokens'] = str(draw.pick(5, 10, 20))
            if mode != 'int' and draw.chance(0.5):
                arguments.optional['pad_to_max_tokens'] = 'True'
        if mode == 'int' and draw.chance(0.08):
            arguments.optional['invert'] = 'True'
        common_options(draw, arguments)
        arguments.optional.pop('dtype', None)
        inputs = [draw.pick([draw.batch(), 1], [draw.batch(), draw.integer(1, 9)], [draw.batch(), None], [draw.batch()], [draw.batch(), 3, 4])]
        if draw.chance(0.22):
            draw.pick(lambda: arguments.optional.update(max_tokens=draw.pick('1', '0', '2', "'10'")), lambda: arguments.optional.update(num_oov_indices=draw.pick('-1', "'1'", '1.5')),
                      lambda: arguments.optional.update(output_mode=draw.text('binary', 'onehot', 'integer')), lambda: arguments.optional.update(vocabulary=draw.pick("['a', 'a']", '[]', '3', '[1, 1]')),
                      lambda: arguments.optional.update(pad_to_max_tokens='True'), lambda: arguments.optional.update(invert='True', output_mode="'one_hot'"),
                      lambda: wrong_keyword(draw, arguments), lambda: arguments.optional.pop('vocabulary', None))()
        dtype = 'int64' if arguments.optional.get('invert') == 'True' else draw.pick(*dtypes)
        return Configuration(arguments.text(draw, name), inputs, [dtype])
    GENERATORS[name] = generate


look_up('StringLookup', ['string'], strings)
look_up('IntegerLookup', ['int64', 'int64', 'int32'], lambda draw: repr(list(range(10, 10 + draw.integer(2, 8)))))


def text_vectorization(draw):
    arguments = Arguments()
    arguments.optional['vocabulary'] = strings(draw)
    mode = draw.pick('int', 'int', 'int', 'multi_hot', 'count', 'tf_idf')
    if draw.chance(0.6):
        arguments.optional['output_mode'] = repr(mode)
    else:
        mode = 'int'
    if mode == 'tf_idf':
        arguments.optional['idf_weights'] = repr([0.5] * (arguments.optional['vocabulary'].count(',') + 1))
    if mode == 'int' and draw.chance(0.6):
        arguments.optional['output_sequence_length'] = str(draw.pick(1, 5, 10, 100))
    if draw.chance(0.3):
        arguments.optional['max_tokens'] = str(draw.pick(10, 20, 1000))
        if mode != 'int' and draw.chance(0.5):
            arguments.optional['pad_to_max_tokens'] = 'True'
    if draw.chance(0.15):
        arguments.optional['standardize'] = draw.pick("'lower'", 'None', "'strip_punctuation'")
    if draw.chance(0.2):
        arguments.optional['split'] = draw.pick('None', "'character'", "'whitespace'")
    if draw.chance(0.1):
        arguments.optional['ngrams'] = draw.pick('2', '(1, 2)', 'None')
    if draw.chance(0.1):
        arguments.optional['ragged'] = draw.pick('True', 'False')
    inputs = [draw.pick([draw.batch(), 1], [draw.batch(), 1], [draw.batch()], [draw.batch(), 4])]
    if draw.chance(0.22):
        draw.pick(lambda: arguments.optional.update(max_tokens=draw.pick('0', '1', '-5', "'10'")), lambda: arguments.optional.update(output_mode=draw.text('binary', 'one_hot', 'integer')),
                  lambda: arguments.optional.update(output_sequence_length=draw.pick('0', '-1', "'5'", '2.5')), lambda: arguments.optional.update(split=draw.text('word', 'space')),
                  lambda: arguments.optional.update(standardize=draw.text('upper', 'none')), lambda: arguments.optional.update(output_sequence_length='5', output_mode="'multi_hot'"),
                  lambda: arguments.optional.update(pad_to_max_tokens='True'), lambda: wrong_keyword(draw, arguments), lambda: arguments.optional.update(ngrams=draw.pick("'2'", '0', '1.5')))()
    return Configuration(arguments.text(draw, 'TextVectorization'), inputs, ['string'])


def hashing(draw):
    arguments = Arguments([('num_bins', str(draw.pick(1, 2, 3, 10, 64)))])
    for key, values in {'mask_value': ["''", '0', '-1'], 'salt': ['1337', '[1, 2]', 'None'], 'output_mode': ["'int'", "'one_hot'", "'multi_hot'", "'count'"]}.items():
        if draw.chance(0.3):
            arguments.optional[key] = draw.pick(*values)
    common_options(draw, arguments)
    arguments.optional.pop('dtype', None)
    inputs = [draw.pick([draw.batch(), 1], [draw.batch(), draw.integer(1, 9)], [draw.batch(), 3, 4], [draw.batch()])]
    if draw.chance(0.2):
        draw.pick(lambda: arguments.replace('num_bins', draw.pick('0', '-3', 'None', "'3'", '2.5')), lambda: arguments.optional.update(output_mode=draw.text('binary', 'tf_idf')),
                  lambda: wrong_keyword(draw, arguments), lambda: arguments.drop_required('num_bins'), lambda: arguments.optional.update(salt=draw.pick("'a'", '1.5')))()
    return Configuration(arguments.text(draw, 'Hashing'), inputs, [draw.pick('string', 'int32', 'int64')])


def hashed_crossing(draw):
    arguments = Arguments([('num_bins', str(draw.pick(1, 2, 5, 10)))])
    if draw.chance(0.3):
        arguments.optional['output_mode'] = draw.text('int', 'one_hot', 'one_hot', 'multi_hot')
    inputs = [[draw.batch(), 1]] if draw.chance(0.7) else [[draw.batch()]]
    inputs = [list(inputs[0]) for _ in range(draw.pick(2, 2, 3))]
    if draw.chance(0.25):
        draw.pick(lambda: arguments.replace('num_bins', draw.pick('0', '-3', 'None', "'3'")), lambda: inputs[0].append(4), lambda: inputs.__delitem__(slice(1, None)),
                  lambda: wrong_keyword(draw, arguments), lambda: inputs.__setitem__(slice(None), [[None, 4], [None, 4]]))()
    return Configuration(arguments.text(draw, 'HashedCrossing'), inputs, [draw.pick('string', 'int32', 'int64') for _ in inputs], 'layer((' + ', '.join(f'x{at}' for at in range(len(inputs))) + ',))')


def category_encoding(draw):
    arguments = Arguments([('num_tokens', str(draw.pick(1, 2, 3, 4, 10, 50)))])
    mode = draw.pick('multi_hot', 'one_hot', 'one_hot', 'count')
    if draw.chance(0.75):
        arguments.optional['output_mode'] = repr(mode)
    common_options(draw, arguments)
    inputs = [draw.pick([draw.batch(), 1], [draw.batch(), draw.integer(1, 9)], [draw.batch()], [draw.batch(), 3, 4], [draw.batch(), 3, 1], [draw.batch(), None])]
    if draw.chance(0.2):
        draw.pick(lambda: arguments.replace('num_tokens', draw.pick('0', '-3', 'None', "'3'", '2.5')), lambda: arguments.optional.update(output_mode=draw.text('int', 'onehot', 'binary')),
                  lambda: wrong_keyword(draw, arguments), lambda: arguments.drop_required('num_tokens'))()
    return Configuration(arguments.text(draw, 'CategoryEncoding'), inputs, [draw.pick('int32', 'int64', 'float32')])


def discretization(draw):
    arguments = Arguments([('bin_boundaries', draw.pick('[0.0, 1.0, 2.0]', '[0.0]', '[-1.0, 0.5]', '[1, 2, 3, 4, 5]'))])
    if draw.chance(0.5):
        arguments.optional['output_mode'] = draw.text('int', 'one_hot', 'multi_hot', 'count')
    inputs = [draw.pick([draw.batch(), 1], [draw.batch(), draw.integer(1, 9)], [draw.batch(), 3, 4], [draw.batch()])]
    if draw.chance(0.25):
        draw.pick(lambda: arguments.optional.update(num_bins='3'), lambda: arguments.drop_required('bin_boundaries'), lambda: arguments.optional.update(output_mode="'tf_idf'"),
                  lambda: arguments.replace('bin_boundaries', draw.pick('3', "'a'", '[]', '[2.0, 1.0]')), lambda: wrong_keyword(draw, arguments),
                  lambda: arguments.optional.update(num_bins=draw.pick('-1', '0')) or arguments.drop_required('bin_boundaries'))()
    return Configuration(arguments.text(draw, 'Discretization'), inputs, [draw.pick('float32', 'int32')])


def mel_spectrogram(draw):
    arguments = Arguments()
    for key, values in {'fft_length': ['512', '1024', '2048'], 'sequence_stride': ['128', '256', '512'], 'sequence_length': ['None', '512', '400'], 'sampling_rate': ['8000', '16000'],
                        'num_mel_bins': ['40', '64', '80', '128'], 'window': ["'hamming'", 'None'], 'power_to_db': ['False'], 'min_freq': ['0.0', '50.0']}.items():
        if draw.chance(0.3):
            arguments.optional[key] = draw.pick(*values)
    inputs = [draw.pick([draw.batch(), 16000], [draw.batch(), 8000], [draw.batch(), None], [16000], [draw.batch(), draw.integer(100, 30000)])]
    if draw.chance(0.25):
        draw.pick(lambda: arguments.optional.update(window="'hammm'"), lambda: arguments.optional.update(sequence_length='4096'), lambda: arguments.optional.update(fft_length=draw.pick('0', '1000', '-1')),
                  lambda: wrong_keyword(draw, arguments), lambda: inputs[0].append(1), lambda: arguments.optional.update(num_mel_bins='0'), lambda: arguments.optional.update(sequence_stride='0'))()
    return Configuration(arguments.text(draw, 'MelSpectrogram'), inputs)


def stft_spectrogram(draw):
    arguments = Arguments()
    for key, values in {'mode': ["'log'", "'magnitude'", "'psd'", "'real'", "'imag'", "'angle'", "'stft'", "'phase'"], 'frame_length': ['64', '128', '256', '200'], 'frame_step': ['32', '64', '100', 'None'],
                        'fft_length': ['None', '256', '512'], 'window': ["'hann'", "'hamming'", 'None'], 'padding': ["'same'", "'valid'"], 'expand_dims': ['True', 'False'],
                        'scaling': ["'density'", "'spectrum'"], 'data_format': ["'channels_first'", "'channels_last'"]}.items():
        if draw.chance(0.3):
            arguments.optional[key] = draw.pick(*values)
    inputs = [[draw.batch(), draw.pick(1000, 1024, 2000, 4000), draw.pick(1, 1, 2, 3)]]
    if arguments.optional.get('data_format') == "'channels_first'":
        inputs[0][1:] = inputs[0][:0:-1]
    if draw.chance(0.25):
        draw.pick(lambda: arguments.optional.update(mode="'power'"), lambda: arguments.optional.update(frame_length=draw.pick('0', '5000', '-3', '2.5')), lambda: arguments.optional.update(fft_length='32'),
                  lambda: arguments.optional.update(frame_step=draw.pick('0', '9999')), lambda: inputs[0].pop(), lambda: inputs[0].append(2), lambda: arguments.optional.update(padding="'full'"),
                  lambda: wrong_keyword(draw, arguments), lambda: arguments.optional.update(window="'hammm'"))()
    return Configuration(arguments.text(draw, 'STFTSpectrogram'), inputs)


GENERATORS.update(TextVectorization=text_vectorization, Hashing=hashing, HashedCrossing=hashed_crossing, CategoryEncoding=category_encoding, Discretization=discretization,
                  MelSpectrogram=mel_spectrogram, STFTSpectrogram=stft_spectrogram)
