// Tools that describe a PyTorch model by calling it once: torchinfo, torchsummary, thop, fvcore, ptflops, torchviz. What they are given
// is the model's input. Versions: torchinfo 1.8, torchsummary 1.5, thop 0.1, fvcore 0.1.5. It must not know any model.
import '../torch/index.ts';
import type { Dim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { KeywordArgument } from '../../values/arguments.ts';
import type { NativeCall, Value } from '../../values/value.ts';
import { instance, none, tuple, unknown } from '../../values/value.ts';
import { sizesFromValue } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import type { Catalogue } from '../catalogue.ts';
import { torchTensor } from '../torch/library.ts';
import { isModule } from '../torch/module-state.ts';
import { unknowns } from '../torch/quiet-members.ts';

/** One size as (3, 224, 224) or several of them; each made to a tensor. Undefined: not known. */
function inputsOf(call: NativeCall, sizes: Value, withBatch: (dims: readonly Dim[]) => readonly Dim[], types: Value): readonly Value[] | undefined {
  if (sizes.kind !== 'tuple' && sizes.kind !== 'list') return undefined;
  const isOne = sizes.items.every((item) => item.kind === 'int');
  const each = (isOne ? [sizes] : sizes.items).map((one) => sizesFromValue(call.interpreter, one));
  const typeAt = (at: number): DType | undefined => {
    const given = types.kind === 'list' || types.kind === 'tuple' ? types.items[at] : undefined;
    return types.kind === 'none' ? 'float32' : given === undefined ? undefined : dtypeFromValue(given, 'float32');
  };
  if (each.includes(undefined) || each.length === 0) return undefined;
  return each.map((dims, at) => torchTensor({ shape: { dims: withBatch(dims ?? []) }, dtype: typeAt(at) }));
}

function callModel(call: NativeCall, model: Value, inputs: readonly Value[], keywords: readonly KeywordArgument[] = []): void {
  if (isModule(model)) call.interpreter.call(model, { ...argumentsOf(inputs), keywords }, call.place);
}

const statisticsClass = nativeClass({ name: 'ModelStatistics', qualifiedName: 'torchinfo.ModelStatistics' });

const infoSignature =
  'model, input_size=None, input_data=None, batch_dim=None, cache_forward_pass=None, col_names=None, col_width=25, depth=3, device=None, dtypes=None, mode=None, row_settings=None, verbose=None, **kwargs';
const describe = nativeFunction('summary', infoSignature, (call) => {
  const { args } = call;
  const data = args.get('input_data');
  if (data.kind === 'dict' && !data.open) {
    callModel(
      call,
      args.get('model'),
      [],
      [...data.entries.values()].flatMap(({ key, value }) => (key.kind === 'str' ? [{ name: key.value, value, place: undefined }] : [])),
    );
  } else if (data.kind !== 'none') {
    const given = data.kind === 'list' || data.kind === 'tuple' ? data.items : [data];
    callModel(call, args.get('model'), given, args.restKeywords);
  } else {
    const axis = args.number('batch_dim');
    const inputs = inputsOf(call, args.get('input_size'), (dims) => (axis === undefined ? dims : dims.toSpliced(axis, 0, 1)), args.get('dtypes'));
    if (inputs !== undefined && (axis !== undefined || args.isNone('batch_dim'))) callModel(call, args.get('model'), inputs, args.restKeywords);
  }
  return instance(statisticsClass);
});

/** torchsummary puts two samples in front. */
const describeWithBatch = (name: string, signature: string): Value =>
  nativeFunction(name, signature, (call) => {
    const inputs = inputsOf(call, call.args.get('input_size'), (dims) => [2, ...dims], none);
    if (inputs !== undefined) callModel(call, call.args.get('model'), inputs);
    return name === 'summary' ? none : tuple([unknown(), unknown()]);
  });
const describeOnTensors = nativeFunction('summary', 'model, x, *args, **kwargs', (call) => {
  callModel(call, call.args.get('model'), [call.args.get('x'), ...call.args.rest.map((one) => one.value)]);
  return unknown();
});

const asPositional = (given: Value): readonly Value[] => (given.kind === 'tuple' || given.kind === 'list' ? given.items : [given]);
const profile = nativeFunction('profile', 'model, inputs, *args, **kwargs', (call) => {
  callModel(call, call.args.get('model'), asPositional(call.args.get('inputs')));
  return tuple([unknown(undefined, 'float'), unknown(undefined, 'float')]);
});
const countOperations = nativeClass({
  name: 'FlopCountAnalysis',
  qualifiedName: 'fvcore.nn.FlopCountAnalysis',
  members: {
    __init__: nativeMethod('FlopCountAnalysis', 'self, model, inputs', (call) => {
      callModel(call, call.args.get('model'), asPositional(call.args.get('inputs')));
      return none;
    }),
  },
});
const complexity = nativeFunction(
  'get_model_complexity_info',
  'model, input_res, print_per_layer_stat=True, as_strings=True, input_constructor=None, *args, **kwargs',
  (call) => {
    const inputs = call.args.isNone('input_constructor') ? inputsOf(call, call.args.get('input_res'), (dims) => [1, ...dims], none) : undefined;
    if (inputs !== undefined) callModel(call, call.args.get('model'), inputs);
    return tuple([unknown(), unknown()]);
  },
);

export const modelToolsCatalogue: Catalogue = {
  modules: {
    torchinfo: () => ({ summary: describe, ModelStatistics: statisticsClass }),
    torchsummary: () => ({
      summary: describeWithBatch('summary', 'model, input_size, batch_size=-1, device=None, dtypes=None'),
      summary_string: describeWithBatch('summary_string', 'model, input_size, batch_size=-1, device=None, dtypes=None'),
    }),
    torchsummaryX: () => ({ summary: describeOnTensors }),
    thop: () => ({
      profile,
      clever_format: nativeFunction('clever_format', 'nums, format="%.2f"', () => tuple([unknown(undefined, 'str'), unknown(undefined, 'str')])),
    }),
    'fvcore.nn': () => ({
      FlopCountAnalysis: countOperations,
      ...unknowns(['flop_count_table', 'flop_count_str', 'parameter_count', 'parameter_count_table', 'flop_count', 'ActivationCountAnalysis']),
    }),
    ptflops: () => ({ get_model_complexity_info: complexity }),
    torchviz: () => unknowns(['make_dot', 'make_dot_from_trace']),
    // Pretrained models by name: what they hold is known to their files alone, and their source is too large to be read for a hint.
    transformers: () => ({}),
  },
};
