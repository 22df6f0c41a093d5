// Objects of scikit-learn with fit and transform: encoders of labels, scalers, decompositions, vectorizers. One entry each: the
// constructor's signature and what a transformed array is like.
import { type Dim, dimEquals, formatDim, isKnown, unknownDim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { elementCount, formatShape, shapeOf, unknownShape } from '../../tensors/shape.ts';
import { withValues } from '../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import { message } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { instance, none, unknown } from '../../values/value.ts';
import { type Distinct, distinctSlot, elementsOf, makeArray, numberFromValue } from '../arrays/contents.ts';
import { distinctValues } from '../arrays/lookup.ts';
import { ndarrayClass } from '../numpy/library.ts';
import { frameSlot } from '../pandas/objects.ts';
import { distinctCount } from '../pandas/series.ts';
import { arrayOf } from './rows.ts';
import { sparse } from './sparse.ts';

/** What `fit` has seen. */
interface Fitted {
  readonly array: TensorValue;
  readonly given: Value;
}
const fittedSlot = defineSlot<Fitted>('fitted data');

export interface Transformation {
  readonly call: NativeCall;
  readonly self: InstanceValue;
  /** What is transformed. */
  readonly input: TensorValue;
  readonly given: Value;
  /** What it was fitted on, where that is known. */
  readonly fitted: Fitted | undefined;
  /** Both at once: the range is that of the data fitted on. */
  readonly isFit: boolean;
  setting(name: string): Value;
}

export interface TransformerDeclaration {
  readonly module: string;
  readonly signature: string;
  readonly transform: (transformation: Transformation) => Value;
  readonly inverse?: (transformation: Transformation) => Value;
  /** Refuses arrays that do not have two axes, and another number of columns than it was fitted on. */
  readonly needsTable?: boolean;
  /** Texts, lists of labels: not arrays. */
  readonly takesAnything?: boolean;
}

function array(
  shape: readonly Dim[] | undefined,
  dtype: DType | undefined,
  facts: { range?: ValueRange | undefined; origin?: TensorValue['origin'] } = {},
): TensorValue {
  return makeArray({
    cls: ndarrayClass,
    shape: shape === undefined ? unknownShape : { dims: shape },
    dtype,
    range: facts.range,
    origin: facts.origin,
  });
}

/** Floats stay as they are, everything else becomes double precision. */
function floatType(input: TensorValue): DType | undefined {
  if (input.dtype === undefined) return undefined;
  return input.dtype === 'float32' || input.dtype === 'float16' ? input.dtype : 'float64';
}

const sameShape =
  (range?: (transformation: Transformation) => ValueRange | undefined) =>
  (transformation: Transformation): Value =>
    array(transformation.input.shape.dims, floatType(transformation.input), { range: range?.(transformation), origin: transformation.input.origin });

function isTrue(value: Value): boolean | undefined {
  return value.kind === 'bool' ? value.value : undefined;
}

// ---- Labels.

function labelsOf(transformation: Transformation): { readonly count: number | undefined; readonly isFitOnIt: boolean } {
  const source = transformation.isFit ? transformation.input : transformation.fitted?.array;
  return { count: source === undefined ? undefined : distinctCount(source), isFitOnIt: transformation.isFit };
}

/** 0 … n - 1 in the order of the sorted labels. */
function encodeLabels(transformation: Transformation): Value {
  const { count } = labelsOf(transformation);
  const { input } = transformation;
  const rows = elementCount(input.shape);
  const known = (transformation.fitted?.array ?? input).contents;
  const sorted = known === undefined ? undefined : [...new Set(known)].sort((left, right) => left - right);
  const own = distinctCount(input);
  return makeArray({
    cls: ndarrayClass,
    shape: shapeOf(rows ?? unknownDim()),
    dtype: 'int64',
    origin: input.origin,
    range:
      count === undefined
        ? rangeBetween(0, Number.POSITIVE_INFINITY, { integral: true })
        : rangeBetween(0, count - 1, { integral: true, attained: own === count && isExactlyKnown(input) }),
    elements: sorted === undefined ? undefined : input.contents?.map((label) => sorted.indexOf(label)),
  });
}

/** Its distinct values are those that occur, not only those that may. */
function isExactlyKnown(input: TensorValue): boolean {
  return distinctSlot.get(input) !== undefined || input.contents !== undefined || input.range?.attained === true;
}

function binarizeLabels(transformation: Transformation): Value {
  const { count } = labelsOf(transformation);
  const [rows] = transformation.input.shape.dims ?? [];
  const width = count === undefined ? unknownDim() : count === 2 ? 1 : count;
  const result = array([rows ?? unknownDim(), width], 'int64', { range: zeroOrOne, origin: transformation.input.origin });
  return isTrue(transformation.setting('sparse_output')) === false ? result : sparse(result);
}
const zeroOrOne = rangeBetween(0, 1, { integral: true, attained: true });

/** The sum of the columns' numbers of distinct values. */
function oneHotWidth(given: Value, input: TensorValue): Dim {
  const table = frameSlot.get(given);
  if (table?.columns !== undefined) {
    const counts = table.columns.map((column) => distinctCount(column.data));
    return counts.includes(undefined) ? unknownDim() : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  }
  const [, columns] = input.shape.dims ?? [];
  if (columns === 1) return distinctCount(input) ?? unknownDim();
  const elements = input.contents;
  if (elements === undefined || columns === undefined || !isKnown(columns)) return unknownDim();
  let width = 0;
  for (let column = 0; column < columns; column += 1) width += new Set(elements.filter((_, at) => at % columns === column)).size;
  return width;
}

function encodeOneHot(transformation: Transformation): Value {
  const source = transformation.isFit ? { array: transformation.input, given: transformation.given } : transformation.fitted;
  const isPlain =
    ['drop', 'min_frequency', 'max_categories'].every((name) => transformation.setting(name).kind === 'none') &&
    transformation.setting('categories').kind === 'str';
  const [rows] = transformation.input.shape.dims ?? [];
  const width = source === undefined || !isPlain ? unknownDim() : oneHotWidth(source.given, source.array);
  const result = array([rows ?? unknownDim(), width], 'float64', { range: zeroOrOne, origin: transformation.input.origin });
  // `sparse` was renamed in scikit-learn 1.2 and removed in 1.4.
  const flags = ['sparse_output', 'sparse'].map((name) => isTrue(transformation.setting(name)));
  return flags.includes(false) ? result : flags.includes(true) ? sparse(result) : unknown();
}

function encodeOrdinal(transformation: Transformation): Value {
  return array(transformation.input.shape.dims, 'float64', {
    range: rangeBetween(-1, Number.POSITIVE_INFINITY, { integral: true }),
    origin: transformation.input.origin,
  });
}

// ---- Scaling.

/** The data it was fitted on fill the range; others may lie outside. */
function minMaxRange(transformation: Transformation): ValueRange | undefined {
  const wanted = transformation.setting('feature_range');
  const [low, high] = wanted.kind === 'tuple' ? wanted.items.map(numberFromValue) : [];
  if (low === undefined || high === undefined || (!transformation.isFit && isTrue(transformation.setting('clip')) !== true)) return undefined;
  return rangeBetween(low, high);
}

// ---- Fewer columns.

function components(fallback: 'all' | number | undefined) {
  return (transformation: Transformation): Value => {
    const asked = transformation.setting('n_components');
    const [rows, columns] = transformation.input.shape.dims ?? [];
    const count = numberFromValue(asked);
    const width =
      count !== undefined && Number.isInteger(count) && count >= 1
        ? count
        : asked.kind === 'none' &&
            fallback === 'all' &&
            rows !== undefined &&
            columns !== undefined &&
            isKnown(rows) &&
            isKnown(columns) &&
            transformation.isFit
          ? Math.min(rows, columns)
          : unknownDim();
    return array([rows ?? unknownDim(), width], floatType(transformation.input), { origin: transformation.input.origin });
  };
}

/** Words counted: as many columns as words, at most `max_features`. */
function vectorized(dtype: DType) {
  return (transformation: Transformation): Value => {
    const most = numberFromValue(transformation.setting('max_features'));
    const given = transformation.given;
    const rows: Dim = given.kind === 'list' && !given.open ? given.items.length : (transformation.input.shape.dims?.[0] ?? unknownDim());
    return sparse(array([rows, unknownDim({ maximum: most })], dtype, { range: rangeBetween(0, Number.POSITIVE_INFINITY) }));
  };
}

function polynomialWidth(columns: Dim | undefined, degree: number | undefined, bias: boolean | undefined): Dim {
  if (columns === undefined || !isKnown(columns) || degree === undefined || bias === undefined || degree > 10) return unknownDim();
  let count = 1;
  for (let at = 1; at <= degree; at += 1) count = (count * (columns + at)) / at;
  return Math.round(count) - (bias ? 0 : 1);
}

const preprocessing = 'sklearn.preprocessing',
  decomposition = 'sklearn.decomposition',
  manifold = 'sklearn.manifold',
  text = 'sklearn.feature_extraction.text',
  impute = 'sklearn.impute';
const declarations: Readonly<Record<string, TransformerDeclaration>> = {
  LabelEncoder: { module: preprocessing, signature: '', transform: encodeLabels, inverse: ({ input }) => array(input.shape.dims, undefined) },
  LabelBinarizer: { module: preprocessing, signature: '*, neg_label=0, pos_label=1, sparse_output=False', transform: binarizeLabels },
  MultiLabelBinarizer: {
    module: preprocessing,
    signature: '*, classes=None, sparse_output=False',
    takesAnything: true,
    transform: ({ given, input }) =>
      array([given.kind === 'list' && !given.open ? given.items.length : (input.shape.dims?.[0] ?? unknownDim()), unknownDim()], 'int64', {
        range: rangeBetween(0, 1, { integral: true }),
      }),
  },
  OneHotEncoder: {
    module: preprocessing,
    signature:
      '*, categories="auto", drop=None, sparse_output=True, dtype=None, handle_unknown="error", min_frequency=None, max_categories=None, feature_name_combiner="concat", sparse=None',
    transform: encodeOneHot,
    needsTable: true,
  },
  OrdinalEncoder: {
    module: preprocessing,
    signature:
      '*, categories="auto", dtype=None, handle_unknown="error", unknown_value=None, encoded_missing_value=None, min_frequency=None, max_categories=None',
    transform: encodeOrdinal,
    needsTable: true,
  },
  StandardScaler: { module: preprocessing, signature: '*, copy=True, with_mean=True, with_std=True', transform: sameShape(), needsTable: true },
  MinMaxScaler: {
    module: preprocessing,
    signature: 'feature_range=(0, 1), *, copy=True, clip=False',
    transform: sameShape(minMaxRange),
    needsTable: true,
  },
  MaxAbsScaler: {
    module: preprocessing,
    signature: '*, copy=True, clip=False',
    transform: sameShape(({ isFit }) => (isFit ? rangeBetween(-1, 1) : undefined)),
    needsTable: true,
  },
  RobustScaler: {
    module: preprocessing,
    signature: '*, with_centering=True, with_scaling=True, quantile_range=(25.0, 75.0), copy=True, unit_variance=False',
    transform: sameShape(),
    needsTable: true,
  },
  Normalizer: { module: preprocessing, signature: 'norm="l2", *, copy=True', transform: sameShape(() => rangeBetween(-1, 1)), needsTable: true },
  PowerTransformer: {
    module: preprocessing,
    signature: 'method="yeo-johnson", *, standardize=True, copy=True',
    transform: sameShape(),
    needsTable: true,
  },
  QuantileTransformer: {
    module: preprocessing,
    signature: '*, n_quantiles=1000, output_distribution="uniform", ignore_implicit_zeros=False, subsample=10000, random_state=None, copy=True',
    transform: sameShape(),
    needsTable: true,
  },
  Binarizer: {
    module: preprocessing,
    signature: '*, threshold=0.0, copy=True',
    transform: sameShape(() => rangeBetween(0, 1, { integral: true })),
    needsTable: true,
  },
  PolynomialFeatures: {
    module: preprocessing,
    signature: 'degree=2, *, interaction_only=False, include_bias=True, order="C"',
    needsTable: true,
    transform: ({ input, setting }) =>
      array(
        [
          input.shape.dims?.[0] ?? unknownDim(),
          isTrue(setting('interaction_only')) === false
            ? polynomialWidth(input.shape.dims?.[1], numberFromValue(setting('degree')), isTrue(setting('include_bias')))
            : unknownDim(),
        ],
        floatType(input),
      ),
  },
  SimpleImputer: {
    module: impute,
    signature: '*, missing_values=None, strategy="mean", fill_value=None, copy=True, add_indicator=False, keep_empty_features=False',
    transform: ({ input }) =>
      array(
        [input.shape.dims?.[0] ?? unknownDim(), elementsOf(input) === undefined ? unknownDim() : (input.shape.dims?.[1] ?? unknownDim())],
        undefined,
      ),
    needsTable: true,
  },
  KNNImputer: {
    module: impute,
    signature:
      '*, missing_values=None, n_neighbors=5, weights="uniform", metric="nan_euclidean", copy=True, add_indicator=False, keep_empty_features=False',
    transform: ({ input }) => array([input.shape.dims?.[0] ?? unknownDim(), unknownDim()], undefined),
    needsTable: true,
  },
  PCA: {
    module: decomposition,
    signature:
      'n_components=None, *, copy=True, whiten=False, svd_solver="auto", tol=0.0, iterated_power="auto", n_oversamples=10, power_iteration_normalizer="auto", random_state=None',
    transform: components('all'),
    needsTable: true,
  },
  TruncatedSVD: {
    module: decomposition,
    signature: 'n_components=2, *, algorithm="randomized", n_iter=5, n_oversamples=10, power_iteration_normalizer="auto", random_state=None, tol=0.0',
    transform: components(2),
  },
  NMF: {
    module: decomposition,
    signature:
      'n_components="auto", *, init=None, solver="cd", beta_loss="frobenius", tol=0.0001, max_iter=200, random_state=None, alpha_W=0.0, alpha_H="same", l1_ratio=0.0, verbose=0, shuffle=False',
    transform: components(undefined),
    needsTable: true,
  },
  FastICA: {
    module: decomposition,
    signature:
      'n_components=None, *, algorithm="parallel", whiten="unit-variance", fun="logcosh", fun_args=None, max_iter=200, tol=0.0001, w_init=None, whiten_solver="svd", random_state=None',
    transform: components('all'),
    needsTable: true,
  },
  KernelPCA: {
    module: decomposition,
    signature:
      'n_components=None, *, kernel="linear", gamma=None, degree=3, coef0=1, kernel_params=None, alpha=1.0, fit_inverse_transform=False, eigen_solver="auto", tol=0, max_iter=None, iterated_power="auto", remove_zero_eig=False, random_state=None, copy_X=True, n_jobs=None',
    transform: components(undefined),
    needsTable: true,
  },
  IncrementalPCA: {
    module: decomposition,
    signature: 'n_components=None, *, whiten=False, copy=True, batch_size=None',
    transform: components('all'),
    needsTable: true,
  },
  TSNE: {
    module: manifold,
    signature:
      'n_components=2, *, perplexity=30.0, early_exaggeration=12.0, learning_rate="auto", max_iter=None, n_iter_without_progress=300, min_grad_norm=1e-07, metric="euclidean", metric_params=None, init="pca", verbose=0, random_state=None, method="barnes_hut", angle=0.5, n_jobs=None, n_iter=None',
    transform: components(2),
    needsTable: true,
  },
  CountVectorizer: {
    module: text,
    signature:
      '*, input="content", encoding="utf-8", decode_error="strict", strip_accents=None, lowercase=True, preprocessor=None, tokenizer=None, stop_words=None, token_pattern="", ngram_range=(1, 1), analyzer="word", max_df=1.0, min_df=1, max_features=None, vocabulary=None, binary=False, dtype=None',
    transform: vectorized('int64'),
    takesAnything: true,
  },
  TfidfVectorizer: {
    module: text,
    signature:
      '*, input="content", encoding="utf-8", decode_error="strict", strip_accents=None, lowercase=True, preprocessor=None, tokenizer=None, analyzer="word", stop_words=None, token_pattern="", ngram_range=(1, 1), max_df=1.0, min_df=1, max_features=None, vocabulary=None, binary=False, dtype=None, norm="l2", use_idf=True, smooth_idf=True, sublinear_tf=False',
    transform: vectorized('float64'),
    takesAnything: true,
  },
};

// ---- The mechanism.

/** Whether the data certainly cannot be used: one axis instead of two, or another number of columns. */
function refuses(declaration: TransformerDeclaration, call: NativeCall, name: string, input: TensorValue, fitted: Fitted | undefined): boolean {
  const { dims } = input.shape;
  if (declaration.needsTable !== true || dims === undefined) return false;
  if (dims.length === 1) {
    call.interpreter.refuse({
      rule: 'shape-mismatch',
      message: message('{operation} needs a table with two axes, got shape {shape}', { operation: name, shape: formatShape(input.shape) }),
    });
    return true;
  }
  const [, columns] = dims,
    expected = fitted?.array.shape.dims?.[1];
  if (columns !== undefined && expected !== undefined && dims.length === 2 && dimEquals(columns, expected) === false) {
    call.interpreter.refuse({
      rule: 'shape-mismatch',
      message: message('{operation} was fitted on {expected} columns, got {actual}', {
        operation: name,
        expected: formatDim(expected),
        actual: formatDim(columns),
      }),
    });
    return true;
  }
  return false;
}

function transformerClass(name: string, declaration: TransformerDeclaration): ClassValue {
  const run = (call: NativeCall, isFit: boolean, direction: 'transform' | 'inverse'): Value => {
    const self = call.args.get('self'),
      given = call.args.get('X');
    const input = arrayOf(call.interpreter, given) ?? (declaration.takesAnything === true ? array(undefined, undefined) : undefined);
    if (self.kind !== 'instance' || input === undefined) return unknown();
    const fitted = fittedSlot.get(self);
    if (direction === 'transform' && refuses(declaration, call, name, input, isFit ? undefined : fitted)) return unknown();
    if (isFit) remember(self, { array: input, given });
    const setting = (parameter: string): Value => self.attributes.get(parameter) ?? none;
    const transformation: Transformation = { call, self, input, given, fitted, isFit, setting };
    if (direction === 'inverse')
      return (
        declaration.inverse?.(transformation) ??
        array(
          fitted?.array.shape.dims === undefined ? undefined : [input.shape.dims?.[0] ?? unknownDim(), ...fitted.array.shape.dims.slice(1)],
          floatType(input),
        )
      );
    return declaration.transform(transformation);
  };
  const remember = (self: InstanceValue, fitted: Fitted): void => {
    fittedSlot.set(self, fitted);
    const labels: Distinct | undefined = distinctSlot.get(fitted.array);
    const values = labels?.texts === undefined ? distinctValues(fitted.array) : undefined;
    const count = values?.length ?? labels?.texts?.length;
    const classes = makeArray({
      cls: ndarrayClass,
      shape: shapeOf(count ?? unknownDim()),
      dtype: fitted.array.dtype,
      elements: values,
      origin: fitted.array.origin,
    });
    setInstanceAttribute(self, 'classes_', labels?.texts === undefined ? classes : distinctSlot.on(classes, { texts: labels.texts }));
  };
  const parameter = name.startsWith('Label') ? 'y' : 'X';
  const method = (methodName: string, signature: string, body: (call: NativeCall) => Value) =>
    nativeMethod(methodName, signature, (call) =>
      body(parameter === 'X' ? call : { ...call, args: withValues(call.args, (one) => call.args.get(one === 'X' ? parameter : one)) }),
    );
  return nativeClass({
    name,
    qualifiedName: `${declaration.module}.${name}`,
    constructSignature: declaration.signature,
    construct: (call, cls) => {
      const made = instance(cls);
      for (const one of parseSignature(declaration.signature).parameters) made.attributes.set(one.name, call.args.get(one.name));
      return made;
    },
    members: {
      fit: method('fit', `self, ${parameter === 'X' ? 'X, y=None' : 'y'}, **kwargs`, (call) => {
        const self = call.args.get('self'),
          given = call.args.get('X');
        const input = arrayOf(call.interpreter, given);
        if (self.kind === 'instance' && input !== undefined && !refuses(declaration, call, name, input, undefined))
          remember(self, { array: input, given });
        return self;
      }),
      partial_fit: method('partial_fit', 'self, X, y=None, **kwargs', (call) => call.args.get('self')),
      transform: method('transform', `self, ${parameter}, **kwargs`, (call) => run(call, false, 'transform')),
      fit_transform: method('fit_transform', `self, ${parameter === 'X' ? 'X, y=None' : 'y'}, **kwargs`, (call) => run(call, true, 'transform')),
      inverse_transform: nativeMethod('inverse_transform', 'self, X, **kwargs', (call) => run(call, false, 'inverse')),
      set_output: nativeMethod('set_output', 'self, *, transform=None', () => unknown()),
    },
  });
}

/** Functions that scale at once. */
function scaling(range?: ValueRange) {
  return (call: NativeCall): Value => {
    const input = arrayOf(call.interpreter, call.args.get('X'));
    return input === undefined ? unknown() : array(input.shape.dims, floatType(input), { range, origin: input.origin });
  };
}
const functions: Readonly<Record<string, Value>> = {
  scale: nativeFunction('scale', 'X, *, axis=0, with_mean=True, with_std=True, copy=True', scaling()),
  minmax_scale: nativeFunction('minmax_scale', 'X, feature_range=(0, 1), *, axis=0, copy=True', (call) =>
    call.args.given('feature_range') === false ? scaling(rangeBetween(0, 1))(call) : scaling()(call),
  ),
  normalize: nativeFunction('normalize', 'X, norm="l2", *, axis=1, copy=True, return_norm=False', (call) =>
    call.args.flag('return_norm') === false ? scaling(rangeBetween(-1, 1))(call) : unknown(),
  ),
  label_binarize: nativeFunction('label_binarize', 'y, *, classes, neg_label=0, pos_label=1, sparse_output=False', (call) => {
    const classes = arrayOf(call.interpreter, call.args.get('classes'))?.shape.dims?.[0],
      rows = arrayOf(call.interpreter, call.args.get('y'))?.shape.dims?.[0];
    return call.args.flag('sparse_output') === false
      ? array([rows ?? unknownDim(), classes === 2 ? 1 : (classes ?? unknownDim())], 'int64', { range: rangeBetween(0, 1, { integral: true }) })
      : unknown();
  }),
};

/** The members of each module with transformers. */
export function transformerMembers(module: string): () => Readonly<Record<string, Value>> {
  return () => ({
    ...(module === preprocessing ? functions : {}),
    ...Object.fromEntries(
      Object.entries(declarations)
        .filter(([, declaration]) => declaration.module === module)
        .map(([name, declaration]) => [name, transformerClass(name, declaration)]),
    ),
  });
}
export const transformerModules: readonly string[] = [preprocessing, decomposition, manifold, text, impute];
