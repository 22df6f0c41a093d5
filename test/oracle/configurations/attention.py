# Configurations of the attention layers.
from .drawing import Arguments, Configuration, common_options, with_initializers, wrong_keyword, wrong_rank

GENERATORS = {}


def steps(draw):
    return draw.pick(None, *range(1, 17))


def multi_head(draw):
    arguments = Arguments([('num_heads', str(draw.pick(1, 2, 4, 8))), ('key_dim', str(draw.pick(1, 4, 8, 16, 64)))])
    optional = {'value_dim': ['4', '16', 'None'], 'dropout': ['0.1', '0.5'], 'use_bias': ['False', 'True'], 'use_gate': ['True', 'False'], 'sliding_window': ['4']}
    for key, values in optional.items():
        if draw.chance(0.2 if key in ('value_dim', 'dropout', 'use_bias') else 0.04):
            arguments.optional[key] = draw.pick(*values)
    if draw.chance(0.15):
        arguments.optional['output_shape'] = draw.pick('32', '(32,)', '(4, 8)', '[16]')
    with_initializers(draw, arguments, ['kernel_initializer'], 0.05)
    common_options(draw, arguments)
    batch = draw.batch()
    inputs = [[batch, steps(draw), draw.pick(1, 8, 16, 32)]]
    call = 'layer(x0, x0)'
    if draw.chance(0.12):
        arguments.optional['attention_axes'] = draw.pick('(1,)', '(2,)', '(1, 2)', '[1]', '-2', '2')
        inputs[0].insert(1, draw.integer(2, 6))
    elif draw.chance(0.5):
        source = steps(draw)
        inputs.append([batch, source, draw.pick(4, 8, 16)])
        call = draw.pick('layer(x0, x1)', 'layer(query=x0, value=x1)', 'layer(x1, x0)')
        if draw.chance(0.35):
            inputs.append([batch, source, draw.pick(4, 8, 16)])
            call = draw.pick('layer(x0, x1, x2)', 'layer(x0, value=x1, key=x2)')
    scores = draw.chance(0.15)
    causal = draw.chance(0.1)
    call = call[:-1] + (', return_attention_scores=True' if scores else '') + (', use_causal_mask=True' if causal else '') + ')'
    if draw.chance(0.25):
        draw.pick(
            lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs), lambda: arguments.replace('num_heads', draw.pick('0', '-2', 'None', "'4'", '2.5')),
            lambda: arguments.replace('key_dim', draw.pick('0', '-8', 'None', '2.5')), lambda: wrong_keyword(draw, arguments), lambda: arguments.drop_required('key_dim'),
            lambda: inputs.__setitem__(slice(None), [[None, 5, 8], [None, 7, 8], [None, 6, 8]]), lambda: inputs[0].__setitem__(-1, None),
            lambda: arguments.optional.update(head_size='8'), lambda: arguments.optional.update(attention_axes=draw.pick('(5,)', '0', "'1'")),
        )()
        if len(inputs) == 3 and 'x2' not in call:
            call = 'layer(x0, x1, x2)'
    elif draw.chance(0.05):
        call = draw.pick('layer(x0)', 'layer([x0, x0])', 'layer(x0, x0, x0, x0)', 'layer(x0, x0, mask=None)')
    return Configuration(arguments.text(draw, 'MultiHeadAttention'), inputs, None, call)


def group_query(name):
    def generate(draw):
        groups, times = draw.pick(1, 2, 4), draw.pick(1, 2, 4)
        arguments = Arguments([('head_dim', str(draw.pick(1, 4, 8, 16))), ('num_query_heads', str(groups * times)), ('num_key_value_heads', str(groups))])
        for key, values in {'dropout': ['0.1'], 'use_bias': ['False', 'True'], 'use_gate': ['True'], 'sliding_window': ['4']}.items():
            if draw.chance(0.15):
                arguments.optional[key] = draw.pick(*values)
        common_options(draw, arguments)
        batch = draw.batch()
        inputs, call = [[batch, steps(draw), draw.pick(1, 8, 16, 32)]], 'layer(x0, x0'
        if draw.chance(0.5):
            source = steps(draw)
            inputs.append([batch, source, draw.pick(4, 8, 16)])
            call = 'layer(x0, x1'
            if draw.chance(0.35):
                inputs.append([batch, source, draw.pick(4, 8, 16)])
                call = 'layer(x0, x1, x2'
        if draw.chance(0.15):
            call += ', return_attention_scores=True'
        if draw.chance(0.25):
            draw.pick(lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs), lambda: arguments.replace('num_key_value_heads', draw.pick('3', '5', '0', '64', 'None')),
                      lambda: arguments.replace('head_dim', draw.pick('0', '-8', 'None')), lambda: wrong_keyword(draw, arguments), lambda: inputs[0].__setitem__(-1, None),
                      lambda: arguments.drop_required('num_key_value_heads'))()
        return Configuration(arguments.text(draw, name), inputs, None, call + ')')
    return generate


def attention(name):
    def generate(draw):
        arguments = Arguments()
        if draw.chance(0.4):
            arguments.optional['use_scale'] = draw.pick('True', 'False')
        if draw.chance(0.2):
            arguments.optional['dropout'] = draw.pick('0.1', '0.5')
        if name == 'Attention' and draw.chance(0.3):
            arguments.optional['score_mode'] = draw.text('dot', 'concat')
        common_options(draw, arguments)
        batch, features, source = draw.batch(), draw.pick(1, 4, 8, 16), steps(draw)
        inputs = [[batch, steps(draw), features], [batch, source, features]]
        if draw.chance(0.35):
            inputs = [inputs[0], [batch, source, draw.pick(4, features)], [batch, source, features]]
        names = ', '.join(f'x{at}' for at in range(len(inputs)))
        call = f'layer([{names}]'
        if draw.chance(0.15):
            call += ', return_attention_scores=True'
        if draw.chance(0.1):
            call += ', use_causal_mask=True'
        call += ')'
        if draw.chance(0.3):
            draw.pick(lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs), lambda: inputs[0].__setitem__(2, features + 3), lambda: inputs[0].__setitem__(2, features + 3),
                      lambda: wrong_keyword(draw, arguments), lambda: arguments.optional.update(score_mode=draw.text('scaled', 'general')),
                      lambda: arguments.optional.update(dropout=draw.pick('1.5', '-1')))()
        elif draw.chance(0.08):
            call = draw.pick('layer(x0)', 'layer([x0])', 'layer(x0, x1)', 'layer([x0, x1, x0, x1])')
        return Configuration(arguments.text(draw, name), inputs, None, call)
    return generate


GENERATORS.update(MultiHeadAttention=multi_head, GroupQueryAttention=group_query('GroupQueryAttention'), Attention=attention('Attention'),
                  AdditiveAttention=attention('AdditiveAttention'))
