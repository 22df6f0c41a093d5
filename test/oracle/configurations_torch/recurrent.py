# RNN, LSTM, GRU over sequences, padded and packed ones, and their cells.
from .drawing import Configuration, module, spoil_rank

COUNT = 60


def options(draw, kind):
    found = {}
    if draw.chance(0.4):
        found['num_layers'] = draw.pick('1', '2', '3') if draw.chance(0.95) else draw.pick('0', '-1')
    if draw.chance(0.3):
        found['bias'] = draw.pick('False', 'True')
    if draw.chance(0.5):
        found['batch_first'] = draw.pick('True', 'True', 'False')
    if draw.chance(0.2):
        found['dropout'] = draw.pick('0.5', '0.1', '0.') if draw.chance(0.9) else draw.pick('1.5', '-0.1', 'True')
    if draw.chance(0.4):
        found['bidirectional'] = draw.pick('True', 'True', 'False')
    if kind == 'LSTM' and draw.chance(0.3):
        found['proj_size'] = draw.pick('1', '2', '3') if draw.chance(0.9) else draw.pick('0', '-1', '9')
    elif draw.chance(0.02):
        found['proj_size'] = '2'
    if kind == 'RNN' and draw.chance(0.3):
        found['nonlinearity'] = draw.pick("'relu'", "'tanh'") if draw.chance(0.9) else "'sigmoid'"
    return found


def sizes_of(found):
    layers = int(found.get('num_layers', '1'))
    directions = 2 if found.get('bidirectional') == 'True' else 1
    return layers * directions


def form(kind):
    def generate(draw):
        features, hidden = draw.integer(1, 6), draw.integer(4, 7)
        found = options(draw, kind)
        first = found.get('batch_first') == 'True'
        steps, batch = draw.integer(1, 5), draw.integer(1, 4)
        given = features if draw.chance(0.9) else features + draw.pick(1, 2)
        unbatched = draw.chance(0.2)
        shape = [steps, given] if unbatched else [batch, steps, given] if first else [steps, batch, given]
        if draw.chance(0.03):
            hidden = draw.pick(0, -2)
        source = module(draw, kind, [('input_size', str(features)), ('hidden_size', str(hidden))], found)
        shape = spoil_rank(draw, shape, 0.05)
        stacked = sizes_of(found)
        projected = int(found.get('proj_size', '0'))
        middle = [] if unbatched else [batch]
        if draw.chance(0.4):
            states = [[max(stacked, 0), *middle, max(projected or hidden, 0)], [max(stacked, 0), *middle, max(hidden, 0)]]
            if draw.chance(0.3):
                at = draw.integer(0, len(states[0]) - 1)
                states[0][at] += 1
            if draw.chance(0.1):
                states = [spoil_rank(draw, state, 0.7) for state in states]
            if kind == 'LSTM':
                return Configuration(source, [shape, *states], call=draw.pick('module(x0, (x1, x2))', 'module(x0, (x1, x2))', 'module(x0, hx=(x1, x2))') if draw.chance(0.95) else 'module(x0, x1)')
            return Configuration(source, [shape, states[0]], call='module(x0, x1)')
        if draw.chance(0.25) and not unbatched and len(shape) == 3:
            lengths = sorted((draw.integer(1, steps) for _ in range(batch)), reverse=True)
            lengths[0] = steps
            if draw.chance(0.1):
                lengths.append(1)
            if draw.chance(0.1):
                lengths = lengths[::-1]
            sort = draw.pick('', '', ', enforce_sorted=False')
            packed = f'nn.utils.rnn.pack_padded_sequence(x0, {lengths}, batch_first={first}{sort})'
            if draw.chance(0.7):
                return Configuration(source, [shape], call=f'nn.utils.rnn.pad_packed_sequence(module({packed})[0], batch_first={draw.pick(True, False)})')
            return Configuration(source, [shape], call=f'module({packed})[1]')
        dtypes = [draw.pick('int64', 'float64')] if draw.chance(0.04) else None
        return Configuration(source, [shape], dtypes)
    return generate


def cell(kind):
    def generate(draw):
        features, hidden = draw.integer(1, 6), draw.integer(1, 6)
        optional = {'bias': draw.pick('False', 'True')} if draw.chance(0.3) else {}
        if kind == 'RNN' and draw.chance(0.3):
            optional['nonlinearity'] = draw.pick("'relu'", "'tanh'") if draw.chance(0.85) else "'elu'"
        given = features if draw.chance(0.88) else features + 1
        batch = draw.integer(1, 4)
        shape = spoil_rank(draw, [given] if draw.chance(0.2) else [batch, given])
        source = module(draw, f'{kind}Cell', [('input_size', str(features)), ('hidden_size', str(hidden))], optional)
        if draw.chance(0.5):
            state = [*shape[:-1], hidden]
            if draw.chance(0.3):
                state = draw.pick([*shape[:-1], hidden + 1], [batch + 1, hidden], [hidden], spoil_rank(draw, state, 1))
            # States with a batch for an input without one crash PyTorch's LSTMCell.
            if len(shape) == 1 and kind == 'LSTM':
                state = [draw.pick(hidden, hidden + 1)]
            if kind == 'LSTM':
                return Configuration(source, [shape, state, state], call='module(x0, (x1, x2))' if draw.chance(0.95) else 'module(x0, x1)')
            return Configuration(source, [shape, state], call='module(x0, x1)')
        return Configuration(source, [shape])
    return generate


def padding(draw):
    features = [draw.integer(1, 3) for _ in range(draw.integer(0, 2))]
    shapes = [[draw.integer(1, 5), *features] for _ in range(draw.integer(1, 4))]
    if draw.chance(0.15) and features:
        shapes[-1] = [2, *features[:-1], features[-1] + 1]
    names = ', '.join(f'x{at}' for at in range(len(shapes)))
    first = draw.pick('', ', batch_first=True', ', True', ', batch_first=False')
    return Configuration(None, shapes, call=f'nn.utils.rnn.pad_sequence([{names}]{first})')


GENERATORS = {**{kind: form(kind) for kind in ('RNN', 'LSTM', 'GRU')}, **{f'{kind}Cell': cell(kind) for kind in ('RNN', 'LSTM', 'GRU')}, 'pad_sequence': padding}
COUNTS = {'RNNCell': 35, 'LSTMCell': 35, 'GRUCell': 35, 'pad_sequence': 20}
