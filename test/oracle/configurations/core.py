# Configurations of the core layers: Dense, EinsumDense, Embedding, Lambda, Masking, Identity, InputLayer and the bare Layer.
from .drawing import (WRONG_ACTIVATIONS, Arguments, Configuration, common_options, with_activation, with_initializers, with_regularizers,
                      wrong_keyword, wrong_rank)

GENERATORS = {}


def any_shape(draw, low=1, high=5, unknown=0.08):
    rank = draw.integer(low, high)
    return [draw.batch(), *draw.lengths(rank, 1, 24, unknown)]


def dense(draw):
    arguments = Arguments([('units', str(draw.pick(1, 2, 5, 8, 10, 16, 32, 64)))])
    if draw.chance(0.2):
        arguments.optional['use_bias'] = draw.pick('False', 'False', 'True')
    with_activation(draw, arguments, 0.4)
    with_initializers(draw, arguments, ['kernel_initializer', 'bias_initializer'])
    with_regularizers(draw, arguments, ['kernel_regularizer', 'bias_regularizer', 'activity_regularizer'], 0.05)
    if draw.chance(0.06):
        arguments.optional['lora_rank'] = str(draw.pick(1, 2, 4))
    if draw.chance(0.05):
        arguments.optional['input_shape'] = '(8,)'
    common_options(draw, arguments)
    inputs = [any_shape(draw, 1, 4)]
    if inputs[0][-1] is None:
        inputs[0][-1] = 8
    if draw.chance(0.25):
        draw.pick(
            lambda: arguments.replace('units', draw.pick('0', '-5', 'None', "'10'", '2.5', '(3,)', '[10]')),
            lambda: arguments.replace('units', draw.pick('0', '-1', '10.0', 'True')),
            lambda: arguments.optional.update(activation=draw.text(*WRONG_ACTIVATIONS)),
            lambda: arguments.optional.update(kernel_initializer=draw.text('he', 'glorot', 'normal', 'uniform', 'xavier_uniform')),
            lambda: arguments.optional.update(kernel_regularizer=draw.text('l3', 'L2', 'ridge')),
            lambda: wrong_keyword(draw, arguments),
            lambda: arguments.drop_required('units'),
            lambda: inputs.__setitem__(0, [draw.pick(None, 8)]),
            lambda: inputs.__setitem__(0, [None, 4, None]),
            lambda: inputs.append([None, 8]),
        )()
    return Configuration(arguments.text(draw, 'Dense'), inputs)


def einsum_dense(draw):
    equation, shape, inputs = draw.pick(
        ('ab,bc->ac', '(16,)', [None, 8]), ('ab,bc->ac', '16', [None, 8]), ('abc,cd->abd', '(None, 16)', [None, 5, 8]),
        ('abc,cd->abd', '(5, 16)', [None, 5, 8]), ('...x,xy->...y', '16', [None, 5, 8]), ('...x,xy->...y', '(16,)', [None, 2, 5, 8]),
        ('abc,cde->abde', '(None, 2, 4)', [None, 5, 8]), ('abcd,cde->abe', '(None, 16)', [None, 5, 2, 4]), ('btd,dnh->btnh', '(None, 4, 8)', [None, 7, 32]),
        ('btnh,nhd->btd', '(None, 32)', [None, 7, 4, 8]), ('abc,bd->adc', '(16, None)', [None, 5, 8]), ('ab,b->a', '()', [None, 8]),
        ('abc,bc->ac', '(8,)', [None, 5, 8]), ('ab,bcd->acd', '(3, 4)', [None, 8]), ('abc,cd->adb', '(16, 5)', [None, 5, 8]),
    )
    inputs = [list(inputs)]
    result = equation.split('->')[1].replace('...', '')
    arguments = Arguments([('equation', repr(equation)), ('output_shape', shape)])
    if draw.chance(0.5) and len(result) > 1:
        arguments.optional['bias_axes'] = repr(draw.pick(result[-1], result[-1], result[1:]))
    with_activation(draw, arguments)
    common_options(draw, arguments)
    inputs[0][0] = draw.batch()
    if draw.chance(0.2) and len(inputs[0]) > 2:
        inputs[0][1] = None
    if draw.chance(0.3):
        draw.pick(
            lambda: wrong_rank(draw, inputs), lambda: wrong_rank(draw, inputs),
            lambda: arguments.replace('equation', draw.pick("'ab,bc'", "'ab->ab'", "'abc,cd->abz'", "'ab,bc->ad'", "'a b, b c -> a c'")),
            lambda: arguments.replace('output_shape', draw.pick('(None,)', '(1, 2, 3, 4)', 'None', '(7, 7)', '0')),
            lambda: arguments.optional.update(bias_axes=draw.text('z', 'a', 'xyz')),
            lambda: wrong_keyword(draw, arguments),
        )()
    return Configuration(arguments.text(draw, 'EinsumDense'), inputs)


def embedding_like(name):
    def generate(draw):
        arguments = Arguments([('input_dim', str(draw.pick(1, 10, 100, 1000, 5000))), ('output_dim', str(draw.pick(1, 4, 8, 16, 64)))])
        if draw.chance(0.2):
            arguments.optional['mask_zero'] = draw.pick('True', 'False')
        with_initializers(draw, arguments, ['embeddings_initializer'])
        with_regularizers(draw, arguments, ['embeddings_regularizer'])
        call = None
        if name == 'Embedding' and draw.chance(0.06):
            arguments.optional['lora_rank'] = '2'
        if name == 'Embedding' and draw.chance(0.08):
            arguments.optional['input_length'] = '10'
        if name == 'ReversibleEmbedding':
            if draw.chance(0.4):
                arguments.optional['tie_weights'] = 'False'
            if draw.chance(0.2):
                arguments.optional['logit_soft_cap'] = '10.0'
        common_options(draw, arguments)
        inputs = [any_shape(draw, 0, 3, 0.2)]
        dtypes = [draw.pick('int32', 'int32', 'int64', 'float32', 'uint8')]
        if name == 'ReversibleEmbedding' and draw.chance(0.4):
            arguments.replace('output_dim', '16')
            inputs, dtypes, call = [[None, 5, draw.pick(16, 16, 8)]], ['float32'], 'layer(x0, reverse=True)'
        if draw.chance(0.25):
            draw.pick(
                lambda: arguments.replace('input_dim', draw.pick('0', '-1', 'None', "'100'", '10.5')),
                lambda: arguments.replace('output_dim', draw.pick('0', '-8', 'None', "'8'", '2.5')),
                lambda: arguments.drop_required('output_dim'),
                lambda: wrong_keyword(draw, arguments),
                lambda: arguments.optional.update(embeddings_initializer=draw.text('he', 'glorot', 'random')),
                lambda: arguments.optional.update(input_length=draw.pick('5', '(3, 4)')),
            )()
        return Configuration(arguments.text(draw, name), inputs, dtypes, call)
    return generate


def identity(draw):
    arguments = Arguments()
    common_options(draw, arguments)
    inputs = [any_shape(draw, 0, 5)]
    if draw.chance(0.2):
        inputs.append(any_shape(draw, 1, 3))
    if draw.chance(0.1):
        wrong_keyword(draw, arguments)
    return Configuration(arguments.text(draw, 'Identity'), inputs, None if draw.chance(0.7) else [draw.pick('int32', 'float16', 'bool')] * len(inputs))


def masking(draw):
    arguments = Arguments()
    if draw.chance(0.5):
        arguments.optional['mask_value'] = draw.pick('0.0', '-1', '0', '99.0')
    common_options(draw, arguments)
    inputs = [any_shape(draw, 1, 4)]
    if draw.chance(0.15):
        wrong_keyword(draw, arguments)
    return Configuration(arguments.text(draw, 'Masking'), inputs)


def function_layer(draw):
    body = draw.pick('x * 2', 'x ** 2', 'x / 255.0', 'ops.sum(x, axis=-1)', 'ops.mean(x, axis=1)', 'ops.expand_dims(x, -1)', 'ops.squeeze(x, axis=-1)', 'x[:, 0]',
                     'x[:, :2]', 'x[..., -1]', 'ops.reshape(x, (-1, 4))', 'ops.transpose(x, (0, 2, 1))', 'ops.concatenate([x, x], axis=-1)', 'ops.abs(x)',
                     'ops.max(x, axis=1, keepdims=True)', 'ops.matmul(x, ops.transpose(x, (0, 2, 1)))', 'ops.stack([x, x], axis=1)', 'keras.activations.relu(x)',
                     'ops.split(x, 2, axis=-1)', 'ops.one_hot(ops.cast(x, "int32"), 10)', 'ops.flip(x, axis=1)', 'ops.norm(x, axis=-1)', 'x')
    arguments = Arguments([('function', f'lambda x: {body}')])
    if draw.chance(0.15):
        arguments.optional['output_shape'] = draw.pick('(4,)', '(None, 4)', 'lambda s: s')
    if draw.chance(0.1):
        arguments.required = [('function', 'lambda x, factor: x * factor')]
        arguments.optional['arguments'] = draw.pick("{'factor': 3}", "{'factr': 3}")
    common_options(draw, arguments)
    inputs = [draw.pick([None, 8], [None, 5, 8], [None, 5, 8], [None, 4, 4, 3], [None, None, 8], [None, 8, 1], [None, 4, 4], [2, 6])]
    inputs = [list(inputs[0])]
    if draw.chance(0.06):
        wrong_keyword(draw, arguments)
    return Configuration(arguments.text(draw, 'Lambda'), inputs)


def input_layer(draw):
    arguments = Arguments()
    shape = any_shape(draw, 0, 4, 0.2)[1:]
    text = f'({", ".join(map(str, shape))}{"," if len(shape) == 1 else ""})'
    if draw.chance(0.7):
        arguments.optional['shape'] = text
        if draw.chance(0.3):
            arguments.optional['batch_size'] = draw.pick('8', 'None', '1')
    else:
        arguments.optional['batch_shape'] = f'({", ".join(map(str, [draw.batch(), *shape]))},)'
    if draw.chance(0.2):
        arguments.optional['dtype'] = draw.text('int32', 'float32', 'string', 'float16', 'bool')
    if draw.chance(0.1):
        arguments.optional['name'] = "'image'"
    if draw.chance(0.3):
        draw.pick(
            lambda: arguments.optional.update(shape=draw.pick('8', "'8'", '(-1, 3)', '(2.5,)', '(0,)', '[4, 4]', 'None')),
            lambda: arguments.optional.update(input_shape=text),
            lambda: arguments.optional.update(shape='(3,)', batch_shape='(None, 3)'),
            lambda: arguments.optional.pop('shape', None),
            lambda: arguments.optional.update(dtype=draw.text('float', 'int', 'flot32', 'complex64')),
            lambda: wrong_keyword(draw, arguments),
        )()
    return Configuration(arguments.text(draw, 'InputLayer'), [], None, 'layer.output')


def bare_layer(draw):
    arguments = Arguments()
    common_options(draw, arguments)
    if draw.chance(0.4):
        wrong_keyword(draw, arguments)
    return Configuration(arguments.text(draw, 'Layer'), [any_shape(draw)])


GENERATORS.update(Dense=dense, EinsumDense=einsum_dense, Embedding=embedding_like('Embedding'), ReversibleEmbedding=embedding_like('ReversibleEmbedding'),
                  Identity=identity, Masking=masking, Lambda=function_layer, InputLayer=input_layer, Layer=bare_layer)
