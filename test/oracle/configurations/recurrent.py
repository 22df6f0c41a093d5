# Configurations of the recurrent layers, their cells, and the convolutional LSTMs.
from .convolution import place, window_options
from .drawing import (WRONG_ACTIVATIONS, Arguments, Configuration, common_options, with_activation, with_initializers, with_regularizers,
                      wrong_keyword, wrong_rank)

GENERATORS = {}
STATES = {'SimpleRNN': 1, 'GRU': 1, 'LSTM': 2}


def sequence(draw):
    return [draw.batch(), draw.pick(None, *range(1, 20)), draw.pick(1, 2, 3, 4, 8, 16, 32)]


def units_of(draw):
    return draw.pick(1, 2, 3, 4, 8, 16, 32)


def output_options(draw, arguments):
    if draw.chance(0.45):
        arguments.optional['return_sequences'] = draw.pick('True', 'True', 'False')
    if draw.chance(0.25):
        arguments.optional['return_state'] = 'True'
    if draw.chance(0.1):
        arguments.optional['go_backwards'] = 'True'
    if draw.chance(0.06):
        arguments.optional['unroll'] = 'True'
    if draw.chance(0.08):
        arguments.optional['stateful'] = 'True'


def gate_options(draw, arguments, name):
    with_activation(draw, arguments, 0.2)
    if name != 'SimpleRNN' and draw.chance(0.1):
        arguments.optional['recurrent_activation'] = draw.text('sigmoid', 'hard_sigmoid', 'tanh')
    if draw.chance(0.15):
        arguments.optional['use_bias'] = 'False'
    if name == 'GRU' and draw.chance(0.3):
        arguments.optional['reset_after'] = draw.pick('False', 'True')
    if name == 'LSTM' and draw.chance(0.08):
        arguments.optional['unit_forget_bias'] = 'False'
    for key in ('dropout', 'recurrent_dropout'):
        if draw.chance(0.15):
            arguments.optional[key] = draw.pick('0.2', '0.5', '0.1')
    with_initializers(draw, arguments, ['kernel_initializer', 'recurrent_initializer'], 0.04)
    with_regularizers(draw, arguments, ['kernel_regularizer', 'recurrent_regularizer'], 0.04)


def recurrent(name):
    def generate(draw):
        units = units_of(draw)
        arguments = Arguments([('units', str(units))])
        output_options(draw, arguments)
        gate_options(draw, arguments, name)
        if draw.chance(0.04):
            arguments.optional['input_shape'] = '(10, 4)'
        common_options(draw, arguments)
        inputs, call = [sequence(draw)], None
        if draw.chance(0.15):
            count = STATES[name]
            inputs += [[inputs[0][0], units] for _ in range(count)]
            names = [f'x{at + 1}' for at in range(count)]
            call = f'layer(x0, initial_state={names[0] if count == 1 and draw.chance(0.5) else "[" + ", ".join(names) + "]"})'
            if draw.chance(0.25):
                draw.pick(lambda: inputs[1].__setitem__(1, units + 1), lambda: inputs[1].append(2))()
        if draw.chance(0.22):
            draw.pick(
                lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs),
                lambda: arguments.replace('units', draw.pick('0', '-3', 'None', "'8'", '2.5', '(8,)')),
                lambda: inputs[0].__setitem__(2, None), lambda: wrong_keyword(draw, arguments), lambda: arguments.drop_required('units'),
                lambda: arguments.optional.update(activation=draw.text(*WRONG_ACTIVATIONS)), lambda: arguments.optional.update(implementation='2'),
                lambda: arguments.optional.update(dropout=draw.pick('1.5', '-0.1', "'0.2'")), lambda: arguments.optional.update(return_sequence='True'),
                lambda: arguments.optional.update(bidirectional='True'), lambda: arguments.optional.update(time_major='True'),
                lambda: arguments.optional.update(stateful='True') or inputs[0].__setitem__(0, None), lambda: arguments.optional.update(unroll='True') or inputs[0].__setitem__(1, None),
            )()
        return Configuration(arguments.text(draw, name), inputs, None, call)
    GENERATORS[name] = generate


def cell_text(draw, units=None):
    kind = draw.pick('SimpleRNN', 'GRU', 'LSTM')
    arguments = Arguments([('units', str(units or units_of(draw)))])
    if draw.chance(0.3):
        gate_options(draw, arguments, kind)
    return arguments.text(draw, f'{kind}Cell')


def stacked_text(draw):
    return f'layers.StackedRNNCells([{", ".join(cell_text(draw) for _ in range(draw.integer(1, 3)))}])'


def cell(name):
    def generate(draw):
        units = units_of(draw)
        arguments = Arguments([('units', str(units))])
        gate_options(draw, arguments, name)
        common_options(draw, arguments)
        batch = draw.batch()
        count = STATES[name]
        inputs = [[batch, draw.pick(1, 2, 4, 8, 16)]] + [[batch, units] for _ in range(count)]
        names = ', '.join(f'x{at + 1}' for at in range(count))
        if draw.chance(0.25):
            draw.pick(lambda: inputs[1].__setitem__(1, units + 2), lambda: inputs[0].__setitem__(1, None), lambda: wrong_keyword(draw, arguments),
                      lambda: arguments.replace('units', draw.pick('0', '-3', 'None', "'8'")), lambda: arguments.drop_required('units'),
                      lambda: arguments.optional.update(return_sequences='True'))()
        return Configuration(arguments.text(draw, f'{name}Cell'), inputs, None, f'layer(x0, [{names}])')
    GENERATORS[f'{name}Cell'] = generate


def stacked_cells(draw):
    cells = [draw.pick(*STATES) for _ in range(draw.integer(1, 3))]
    units = [units_of(draw) for _ in cells]
    source = f'layers.StackedRNNCells([{", ".join(f"layers.{kind}Cell({size})" for kind, size in zip(cells, units))}])'
    inputs, states = [[None, 8]], []
    for kind, size in zip(cells, units):
        names = []
        for _ in range(STATES[kind]):
            names.append(f'x{len(inputs)}')
            inputs.append([None, size])
        states.append(f'[{", ".join(names)}]')
    if draw.chance(0.15):
        source = draw.pick('layers.StackedRNNCells([])', 'layers.StackedRNNCells(layers.LSTMCell(4))', 'layers.StackedRNNCells([layers.Dense(4)])', 'layers.StackedRNNCells([4, 4])')
    return Configuration(source, inputs, None, f'layer(x0, [{", ".join(states)}])')


def rnn(draw):
    arguments = Arguments([('cell', draw.pick(cell_text(draw), cell_text(draw), stacked_text(draw), f'[{cell_text(draw)}, {cell_text(draw)}]'))])
    output_options(draw, arguments)
    if draw.chance(0.05):
        arguments.optional['zero_output_for_mask'] = 'True'
    common_options(draw, arguments)
    inputs = [sequence(draw)]
    if draw.chance(0.22):
        draw.pick(lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs), lambda: arguments.replace('cell', draw.pick('layers.Dense(4)', 'layers.LSTM(4)', '4', 'layers.LSTMCell', "'lstm'", '[]')),
                  lambda: wrong_keyword(draw, arguments), lambda: inputs[0].__setitem__(2, None), lambda: arguments.drop_required('cell'))()
    return Configuration(arguments.text(draw, 'RNN'), inputs)


def convolutional(rank):
    name = f'ConvLSTM{rank}D'

    def generate(draw):
        arguments = Arguments([('filters', str(draw.pick(1, 2, 3, 4, 8))), ('kernel_size', draw.window(rank, 1, 2, 3, 3))])
        first = window_options(draw, arguments, rank, causal=False)
        output_options(draw, arguments)
        arguments.optional.pop('unroll', None)
        if draw.chance(0.15):
            arguments.optional['use_bias'] = 'False'
        with_activation(draw, arguments, 0.15)
        for key in ('dropout', 'recurrent_dropout'):
            if draw.chance(0.1):
                arguments.optional[key] = '0.2'
        common_options(draw, arguments)
        lengths = draw.lengths(rank, 5, {1: 20, 2: 14, 3: 8}[rank], 0.05)
        shape = place(draw.batch(), lengths, draw.pick(1, 2, 3, 4), first)
        inputs = [[shape[0], draw.pick(None, 1, 2, 3, 5), *shape[1:]]]
        if draw.chance(0.22):
            draw.pick(
                lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs),
                lambda: arguments.replace('filters', draw.pick('0', '-3', 'None')), lambda: arguments.replace('kernel_size', draw.pick('0', '(3, 3, 3, 3)', 'None', "'3'")),
                lambda: arguments.optional.update(padding=draw.text('smae', 'causal', 'full')), lambda: inputs[0].__setitem__(2 if first else -1, None),
                lambda: arguments.optional.update(strides='2', dilation_rate='2'), lambda: arguments.optional.update(groups='2'),
                lambda: wrong_keyword(draw, arguments), lambda: arguments.drop_required('kernel_size'),
                lambda: inputs[0].__setitem__(3 if first else 2, 2) or arguments.replace('kernel_size', '5'),
            )()
        return Configuration(arguments.text(draw, name), inputs)
    GENERATORS[name] = generate


for _name in STATES:
    recurrent(_name)
    cell(_name)
for _rank in (1, 2, 3):
    convolutional(_rank)
GENERATORS.update(StackedRNNCells=stacked_cells, RNN=rnn)
