// Embedding and EmbeddingBag. It must not know how modules become classes.
import { isKnown } from '../../../tensors/dim.ts';
import { formatShape, shapeOf, shapesEqual } from '../../../tensors/shape.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import { nativeMethod } from '../../../values/classes.ts';
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { bool, int, none, originOf, unknown } from '../../../values/value.ts';
import { dimFromValue, numberFromValue } from '../../arrays/contents.ts';
import { expectTokens } from '../expected.ts';
import { embedding, embeddingBag, type RowsArgument } from '../functional/embedding.ts';
import { asTorchTensor } from '../library.ts';
import type { ModuleConstruction, ModuleDeclaration, ModuleInvocation, ParameterDeclaration } from '../module-declaration.ts';
import { registerMember } from '../module-state.ts';
import { isParameter, makeParameter } from '../parameters.ts';
import { sizeArgument, sizeOf } from './arguments.ts';

/** The argument that says how many rows there are, while the weight is what it made. */
function rowsOf(invocation: ModuleInvocation): RowsArgument {
  const argument = invocation.layer.arguments.get('num_embeddings');
  const origin = argument === undefined ? undefined : originOf(argument.value);
  return { name: 'num_embeddings', place: argument?.place, literal: origin?.literal === true ? origin.place : undefined };
}

/** `padding_idx` counts from the end when negative, and is kept as what it means. */
function paddingIndex(construction: ModuleConstruction): Value {
  const given = construction.args.get('padding_idx');
  const [padding, count] = [numberFromValue(given), dimFromValue(construction.args.get('num_embeddings'))];
  if (padding === undefined || count === undefined || !isKnown(count)) return given;
  return padding < 0 && padding >= -count ? int(count + padding) : given;
}

function check(construction: ModuleConstruction): void {
  const [padding, count] = [numberFromValue(construction.args.get('padding_idx')), dimFromValue(construction.args.get('num_embeddings'))];
  if (padding === undefined || count === undefined || !isKnown(count) || (padding < count && padding >= -count)) return;
  construction.refuse(message('{layer}: padding_idx {padding} lies outside the {count} rows', { layer: construction.className, padding, count }), {
    argument: 'padding_idx',
    exception: 'AssertionError',
  });
}

function weight(construction: ModuleConstruction): readonly ParameterDeclaration[] {
  const shape = shapeOf(sizeArgument(construction, 'num_embeddings'), sizeArgument(construction, 'embedding_dim'));
  const given = construction.args.get('_weight');
  if (given.kind === 'tensor' && shapesEqual(given.shape, shape) === false) {
    construction.refuse(
      message('{layer}: the weight has shape {given}, not {expected}', {
        layer: construction.className,
        given: formatShape(given.shape),
        expected: formatShape(shape),
      }),
      { argument: '_weight', exception: 'AssertionError' },
    );
  }
  return [{ name: 'weight', shape, dtype: construction.dtype ?? 'float32', trainable: construction.args.flag('_freeze') !== true }];
}

/** `from_pretrained(embeddings, freeze=True, …)`: rows that are given, and frozen unless told otherwise. */
function fromPretrained(options: string): Value {
  const callable = nativeMethod('from_pretrained', `cls, embeddings, freeze=True, ${options}`, (call) => {
    const cls = call.args.get('cls');
    const given = call.args.get('embeddings');
    const rows = given.kind === 'tensor' ? asTorchTensor(call.interpreter, given) : undefined;
    const dims = rows?.shape.dims;
    if (dims !== undefined && dims.length !== 2) {
      return call.interpreter.refuse({
        rule: 'invalid-argument',
        exception: 'AssertionError',
        place: call.args.place('embeddings') ?? call.place,
        message: message('from_pretrained takes rows of 2 axes, got {shape}', { shape: formatShape(rows?.shape ?? { dims }) }),
      });
    }
    const [count, width] = dims ?? [];
    const names = options.split(',').map((one) => one.split('=')[0]?.trim() ?? '');
    const keywords = Object.fromEntries(names.map((name) => [name, call.args.get(name)]));
    const made = call.interpreter.call(
      cls,
      argumentsOf(
        [count === undefined ? unknown(undefined, 'int') : int(count), width === undefined ? unknown(undefined, 'int') : int(width)],
        keywords,
      ),
      call.place,
    );
    if (made.kind !== 'instance' || rows === undefined) return made;
    const trainable = call.args.flag('freeze') === false;
    registerMember(
      call.interpreter,
      made,
      'weight',
      isParameter(rows) && trainable ? rows : makeParameter({ name: 'weight', shape: rows.shape, dtype: rows.dtype, trainable, origin: rows.origin }),
    );
    return made;
  });
  return { kind: 'classmethod', callable };
}

export const embeddingModules: readonly ModuleDeclaration[] = [
  {
    name: 'Embedding',
    signature:
      'num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, dtype=None',
    check,
    attributes: (construction) => ({ padding_idx: paddingIndex(construction), _weight: none, _freeze: bool(false) }),
    parameters: weight,
    expects: (construction) => ({ input: expectTokens(sizeOf(construction, 'num_embeddings')) }),
    output: (invocation) => {
      const rows = invocation.parameter('weight');
      return invocation.tensor === undefined || rows === undefined
        ? unknown()
        : embedding(invocation.context, invocation.tensor, rows, rowsOf(invocation));
    },
    members: { from_pretrained: fromPretrained('padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False') },
  },
  {
    name: 'EmbeddingBag',
    signature:
      "num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False, _weight=None, include_last_offset=False, padding_idx=None, device=None, dtype=None",
    callSignature: 'input, offsets=None, per_sample_weights=None',
    check,
    attributes: (construction) => ({ padding_idx: paddingIndex(construction), _weight: none }),
    parameters: weight,
    expects: (construction) => ({ input: expectTokens(sizeOf(construction, 'num_embeddings')) }),
    output: (invocation) => {
      const rows = invocation.parameter('weight');
      if (invocation.tensor === undefined || rows === undefined) return unknown();
      return embeddingBag(invocation.context, invocation.tensor, rows, {
        offsets: invocation.callArgs.get('offsets'),
        weights: invocation.callArgs.get('per_sample_weights'),
        mode: invocation.args.str('mode'),
        includesLast: invocation.args.flag('include_last_offset'),
        rows: rowsOf(invocation),
      });
    },
    members: {
      from_pretrained: fromPretrained(
        "max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False, include_last_offset=False, padding_idx=None",
      ),
    },
  },
];
