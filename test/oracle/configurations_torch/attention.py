# MultiheadAttention, the parts of Transformer, F.scaled_dot_product_attention.
from .drawing import Configuration, module, spoil_rank

COUNT = 50


def sequence(draw, first, batch, steps, features, unbatched):
    return [steps, features] if unbatched else [batch, steps, features] if first else [steps, batch, features]


def mask(draw, inputs, dtypes, shape, name):
    if draw.chance(0.12):
        at = draw.integer(0, len(shape) - 1)
        shape = [*shape[:at], shape[at] + 1, *shape[at + 1:]]
    inputs.append(shape)
    dtypes.append(draw.pick('bool', 'bool', 'float32') if draw.chance(0.93) else 'int64')
    return f', {name}=x{len(inputs) - 1}'


def multihead(draw):
    heads = draw.pick(1, 2, 2, 4)
    embed = heads * draw.integer(1, 4) + (1 if draw.chance(0.04) and heads > 1 else 0)
    optional = {}
    if draw.chance(0.5):
        optional['batch_first'] = draw.pick('True', 'True', 'False')
    key_width = value_width = embed
    if draw.chance(0.25):
        key_width = draw.integer(1, 8)
        optional['kdim'] = str(key_width)
    if draw.chance(0.25):
        value_width = draw.integer(1, 8)
        optional['vdim'] = str(value_width)
    for name in ('bias', 'add_bias_kv', 'add_zero_attn'):
        if draw.chance(0.25):
            optional[name] = draw.pick('True', 'False')
    first, unbatched = optional.get('batch_first') == 'True', draw.chance(0.2)
    batch, queries, keys = draw.integer(1, 3), draw.integer(1, 5), draw.integer(1, 5)
    wrong = draw.integer(0, 30)
    shapes = [
        sequence(draw, first, batch, queries, embed + (1 if wrong == 0 else 0), unbatched),
        sequence(draw, first, batch + (1 if wrong in (1, 2) else 0), keys, key_width + (1 if wrong == 3 else 0), unbatched),
        sequence(draw, first, batch + (1 if wrong == 1 else 0), keys + (1 if wrong == 4 else 0), value_width + (1 if wrong == 5 else 0), unbatched),
    ]
    if wrong == 6:
        shapes[draw.integer(0, 2)] = [embed]
    source = module(draw, 'MultiheadAttention', [('embed_dim', str(embed)), ('num_heads', str(heads if draw.chance(0.97) else 0))], optional)
    dtypes, call = ['float32'] * 3, 'module(x0, x1, x2'
    if draw.chance(0.3):
        call += ', need_weights=False'
    if draw.chance(0.3):
        call += ', average_attn_weights=False'
    if draw.chance(0.25) and not optional.get('add_bias_kv') == 'True':
        shape = [queries, keys] if draw.chance(0.6) else [(1 if unbatched else batch) * heads, queries, keys]
        call += mask(draw, shapes, dtypes, shape, 'attn_mask')
    if draw.chance(0.25) and not optional.get('add_bias_kv') == 'True':
        call += mask(draw, shapes, dtypes, [keys] if unbatched else [batch, keys], 'key_padding_mask')
    return Configuration(source, shapes, dtypes, call + ')')


def layer_options(draw):
    found = {}
    if draw.chance(0.6):
        found['dim_feedforward'] = str(draw.integer(1, 12))
    for name, values in {'batch_first': ('True', 'True', 'False'), 'norm_first': ('True', 'False'), 'bias': ('False', 'True'), 'dropout': ('0.', '0.3')}.items():
        if draw.chance(0.35):
            found[name] = draw.pick(*values)
    if draw.chance(0.3):
        found['activation'] = draw.pick("'gelu'", "'relu'", 'F.gelu', 'torch.tanh') if draw.chance(0.92) else "'selu'"
    return found


def sizes(draw):
    heads = draw.pick(1, 2, 2, 3)
    model = heads * draw.integer(1, 4)
    return model, heads if draw.chance(0.96) else heads + model


def parts(draw, found, model, memory):
    first, unbatched = found.get('batch_first') == 'True', draw.chance(0.15)
    batch, targets, sources = draw.integer(1, 3), draw.integer(1, 4), draw.integer(1, 5)
    wrong = draw.integer(0, 24)
    shapes = [sequence(draw, first, batch, targets, model + (1 if wrong == 0 else 0), unbatched)]
    if memory:
        shapes.append(sequence(draw, first, batch + (1 if wrong == 1 else 0), sources, model + (1 if wrong == 2 else 0), unbatched))
    if wrong == 3:
        shapes[0] = [2, *shapes[0], 1]
    return shapes, (batch, targets, sources, unbatched)


def encoder_layer(draw):
    model, heads = sizes(draw)
    found = layer_options(draw)
    shapes, (batch, targets, _, unbatched) = parts(draw, found, model, False)
    dtypes, call = ['float32'], 'module(x0'
    if draw.chance(0.3):
        call += mask(draw, shapes, dtypes, [targets, targets], 'src_mask')
    if draw.chance(0.2):
        call += mask(draw, shapes, dtypes, [targets] if unbatched else [batch, targets], 'src_key_padding_mask')
    return Configuration(module(draw, 'TransformerEncoderLayer', [('d_model', str(model)), ('nhead', str(heads))], found), shapes, dtypes, call + ')')


def decoder_layer(draw):
    model, heads = sizes(draw)
    found = layer_options(draw)
    shapes, (batch, targets, sources, unbatched) = parts(draw, found, model, True)
    dtypes, call = ['float32'] * 2, 'module(x0, x1'
    if draw.chance(0.3):
        call += mask(draw, shapes, dtypes, [targets, targets], 'tgt_mask')
    if draw.chance(0.2):
        call += mask(draw, shapes, dtypes, [targets, sources], 'memory_mask')
    if draw.chance(0.15):
        call += mask(draw, shapes, dtypes, [sources] if unbatched else [batch, sources], 'memory_key_padding_mask')
    return Configuration(module(draw, 'TransformerDecoderLayer', [('d_model', str(model)), ('nhead', str(heads))], found), shapes, dtypes, call + ')')


def stack(kind):
    def generate(draw):
        model, heads = sizes(draw)
        found = layer_options(draw)
        shapes, (_, targets, _, _) = parts(draw, found, model, kind == 'Decoder')
        options = ''.join(f', {name}={value}' for name, value in found.items())
        inner = f'nn.Transformer{kind}Layer({model}, {heads}{options})'
        optional = {'norm': f'nn.LayerNorm({model})'} if draw.chance(0.3) else {}
        source = module(draw, f'Transformer{kind}', [(f'{kind.lower()}_layer', inner), ('num_layers', str(draw.pick(1, 2, 2, 3)))], optional)
        dtypes, call = ['float32'] * len(shapes), f'module({", ".join(f"x{at}" for at in range(len(shapes)))}'
        if draw.chance(0.3):
            call += mask(draw, shapes, dtypes, [targets, targets], 'mask' if kind == 'Encoder' else 'tgt_mask')
        return Configuration(source, shapes, dtypes, call + ')')
    return generate


def transformer(draw):
    model, heads = sizes(draw)
    found = layer_options(draw)
    shapes, (_, targets, sources, _) = parts(draw, found, model, True)
    shapes = shapes[::-1]
    found.update({'num_encoder_layers': str(draw.pick(1, 2)), 'num_decoder_layers': str(draw.pick(1, 2))})
    found.setdefault('dim_feedforward', '8')
    dtypes, call = ['float32'] * 2, 'module(x0, x1'
    if draw.chance(0.3):
        call += mask(draw, shapes, dtypes, [sources, sources], 'src_mask')
    if draw.chance(0.3):
        call += mask(draw, shapes, dtypes, [targets, targets], 'tgt_mask')
    return Configuration(module(draw, 'Transformer', [('d_model', str(model)), ('nhead', str(heads))], found), shapes, dtypes, call + ')')


def scaled(draw):
    front = [draw.integer(1, 3) for _ in range(draw.integer(0, 2))]
    queries, keys, features, values = (draw.integer(1, 5) for _ in range(4))
    wrong = draw.integer(0, 20)
    # With as many features as there are, PyTorch's fused kernel does not count the values.
    values = features + 1 if wrong == 1 else values
    shapes = [[*front, queries, features], [*front, keys, features + (1 if wrong == 0 else 0)], [*front, keys + (1 if wrong == 1 else 0), values]]
    if draw.chance(0.15) and front:
        shapes[1][0] = shapes[2][0] = 1 if draw.chance(0.6) else front[0] + 1
    if wrong == 2:
        shapes[0] = spoil_rank(draw, shapes[0], 1)
    dtypes, call = ['float32'] * 3, 'F.scaled_dot_product_attention(x0, x1, x2'
    if draw.chance(0.3):
        call += mask(draw, shapes, dtypes, [*(front if draw.chance(0.4) else []), queries, keys], 'attn_mask')
    if draw.chance(0.2):
        call += ', is_causal=True'
    return Configuration(None, shapes, dtypes, call + ')')


def grouped(draw):
    shared, times = draw.pick(1, 2, 3), draw.pick(1, 2, 3)
    heads = shared * times + (1 if draw.chance(0.1) else 0)
    batch, queries, keys, features, values = (draw.integer(1, 4) for _ in range(5))
    shapes = [[batch, heads, queries, features], [batch, shared, keys, features], [batch, shared, keys, values]]
    return Configuration(None, shapes, call='F.scaled_dot_product_attention(x0, x1, x2, enable_gqa=True)')


GENERATORS = {
    'MultiheadAttention': multihead, 'TransformerEncoderLayer': encoder_layer, 'TransformerDecoderLayer': decoder_layer, 'TransformerEncoder': stack('Encoder'), 'TransformerDecoder': stack('Decoder'),
    'Transformer': transformer, 'F.scaled_dot_product_attention': scaled, 'F.scaled_dot_product_attention grouped': grouped,
}
COUNTS = {'TransformerEncoder': 30, 'TransformerDecoder': 30, 'Transformer': 25, 'F.scaled_dot_product_attention grouped': 15}
