// sklearn.datasets: the small data sets by their shapes and classes (scikit-learn 1.9's own files), and the generated ones.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { unknownShape } from '../../tensors/shape.ts';
import { nativeClass, nativeFunction } from '../../values/classes.ts';
import { message, type Origin } from '../../values/place.ts';
import type { NativeCall, TensorValue, Value } from '../../values/value.ts';
import { list, str, tuple, unknown } from '../../values/value.ts';
import { dimFromValue, distinctSlot, makeArray, numberFromValue } from '../arrays/contents.ts';
import { ndarrayClass } from '../numpy/library.ts';
import { drawsAll } from '../numpy/random.ts';
import { frame, series } from '../pandas/objects.ts';
import { type Table, tableOfArray, unknownTable } from '../pandas/table.ts';
import { arrayOf } from './rows.ts';

/** A dict whose entries are attributes too. */
const bunchClass = nativeClass({ name: 'Bunch', qualifiedName: 'sklearn.utils.Bunch' });

function bunch(entries: Readonly<Record<string, Value>>): Value {
  return {
    kind: 'dict',
    open: true,
    cls: bunchClass,
    attributes: new Map(Object.entries(entries)),
    entries: new Map(Object.entries(entries).map(([key, value]) => [`s:${key}`, { key: str(key), value }])),
  };
}

function array(shape: readonly Dim[] | undefined, dtype: DType | undefined, range?: ValueRange, origin?: Origin): TensorValue {
  return makeArray({ cls: ndarrayClass, shape: shape === undefined ? unknownShape : { dims: shape }, dtype, range, origin });
}

interface DataSet {
  readonly rows: number;
  readonly columns: number;
  readonly low: number;
  readonly high: number;
  /** Classes 0 … n - 1; absent for regression. */
  readonly classes?: number;
  /** Values to be predicted. */
  readonly target?: { readonly low: number; readonly high: number; readonly columns?: number; readonly integral?: boolean };
  readonly images?: readonly number[];
  readonly classNames?: readonly string[];
  readonly names?: readonly string[];
  readonly dtype?: DType;
}

const dataSets: Readonly<Record<string, DataSet>> = {
  load_iris: {
    rows: 150,
    columns: 4,
    low: 0.1,
    high: 7.9,
    classes: 3,
    classNames: ['setosa', 'versicolor', 'virginica'],
    names: ['sepal length (cm)', 'sepal width (cm)', 'petal length (cm)', 'petal width (cm)'],
  },
  load_wine: {
    rows: 178,
    columns: 13,
    low: 0.13,
    high: 1680,
    classes: 3,
    classNames: ['class_0', 'class_1', 'class_2'],
    names: [
      'alcohol',
      'malic_acid',
      'ash',
      'alcalinity_of_ash',
      'magnesium',
      'total_phenols',
      'flavanoids',
      'nonflavanoid_phenols',
      'proanthocyanins',
      'color_intensity',
      'hue',
      'od280/od315_of_diluted_wines',
      'proline',
    ],
  },
  load_breast_cancer: { rows: 569, columns: 30, low: 0, high: 4254, classes: 2, classNames: ['malignant', 'benign'] },
  load_digits: { rows: 1797, columns: 64, low: 0, high: 16, classes: 10, images: [1797, 8, 8] },
  load_diabetes: {
    rows: 442,
    columns: 10,
    low: -0.13776722569000302,
    high: 0.19878798965729408,
    target: { low: 25, high: 346, integral: true },
    names: ['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6'],
  },
  load_linnerud: {
    rows: 20,
    columns: 3,
    low: 1,
    high: 251,
    target: { low: 31, high: 247, columns: 3, integral: true },
    names: ['Chins', 'Situps', 'Jumps'],
  },
  // Removed in scikit-learn 1.2.
  load_boston: { rows: 506, columns: 13, low: 0, high: 711, target: { low: 5, high: 50 } },
  fetch_california_housing: {
    rows: 20640,
    columns: 8,
    low: -124.35,
    high: 35682,
    target: { low: 0.14999, high: 5.00001 },
    names: ['MedInc', 'HouseAge', 'AveRooms', 'AveBedrms', 'Population', 'AveOccup', 'Latitude', 'Longitude'],
  },
  fetch_olivetti_faces: { rows: 400, columns: 4096, low: 0, high: 1, classes: 40, images: [400, 64, 64], dtype: 'float32' },
};

function load(name: string, facts: DataSet): (call: NativeCall) => Value {
  return (call) => {
    const origin: Origin = {
      place: call.place,
      says:
        facts.classes === undefined
          ? message('scikit-learn {name}', { name })
          : message('{classes} classes: scikit-learn {name}', { classes: facts.classes, name }),
    };
    const data = array(
      [facts.rows, facts.columns],
      facts.dtype ?? 'float64',
      rangeBetween(facts.low, facts.high, { attained: name.startsWith('load_') }),
      origin,
    );
    const { target: wanted } = facts;
    const target =
      facts.classes !== undefined
        ? array([facts.rows], 'int64', rangeBetween(0, facts.classes - 1, { integral: true, attained: true }), origin)
        : array(
            wanted?.columns === undefined ? [facts.rows] : [facts.rows, wanted.columns],
            'float64',
            wanted === undefined
              ? undefined
              : rangeBetween(wanted.low, wanted.high, { integral: wanted.integral ?? false, attained: wanted.integral === true }),
            origin,
          );
    // Other settings than the usual ones change the data.
    const isUsual =
      call.args.given('n_class') === false || call.args.given('n_class') === undefined
        ? call.args.given('n_class') === false && call.args.flag('scaled') !== false
        : false;
    const [x, y] = isUsual ? [data, target] : [array([unknownDim(), facts.columns], 'float64'), array([unknownDim()], 'int64')];
    const asFrame = call.args.isNone('as_frame') ? false : call.args.flag('as_frame');
    const pair = call.args.flag('return_X_y');
    if (asFrame === undefined || pair === undefined) return unknown();
    const table: Table = facts.names === undefined ? unknownTable(facts.rows, origin) : tableOfArray(x, facts.names);
    const [shownX, shownY] = asFrame ? [frame(table), series(y, 'target')] : [x, y];
    if (pair) return tuple([shownX, shownY]);
    return bunch({
      data: shownX,
      target: shownY,
      ...(facts.images === undefined ? {} : { images: array(isUsual ? facts.images : undefined, facts.dtype ?? 'float64', data.range, origin) }),
      ...(facts.classNames === undefined ? {} : { target_names: texts(facts.classNames, facts.classNames.length) }),
      ...(facts.classes !== undefined && facts.classNames === undefined
        ? { target_names: array([facts.classes], 'int64', rangeBetween(0, facts.classes - 1, { integral: true, attained: true })) }
        : {}),
      feature_names: facts.names === undefined ? unknown() : list(facts.names.map((one) => str(one))),
      DESCR: unknown(undefined, 'str'),
      frame: asFrame ? unknown() : { kind: 'none' },
    });
  };
}

function texts(names: readonly string[], count: number): Value {
  return distinctSlot.on(array([count], 'string'), { texts: names });
}

/** The 18,846 messages of 20 newsgroups: 11,314 to train, 7,532 to test. */
function newsgroups(call: NativeCall): Value {
  const subset = call.args.str('subset');
  const count = subset === 'train' ? 11314 : subset === 'test' ? 7532 : subset === 'all' ? 18846 : undefined;
  const chosen = call.args.get('categories');
  const classes = chosen.kind === 'none' ? 20 : chosen.kind === 'list' && !chosen.open ? chosen.items.length : undefined;
  const rows: Dim = chosen.kind === 'none' && count !== undefined ? count : unknownDim();
  const origin: Origin = { place: call.place, says: message('{classes} classes: 20 newsgroups', { classes: classes ?? '?' }) };
  const target = array([rows], 'int64', classes === undefined ? undefined : rangeBetween(0, classes - 1, { integral: true, attained: true }), origin);
  const data = list([unknown(undefined, 'str')], true);
  if (call.args.flag('return_X_y') === true) return tuple([data, target]);
  return bunch({
    data,
    target,
    target_names: classes === undefined ? list([], true) : list(Array.from({ length: classes }, () => unknown(undefined, 'str'))),
    filenames: unknown(),
    DESCR: unknown(undefined, 'str'),
  });
}

/** `fetch_openml('mnist_784')`: the labels are texts. */
function openml(call: NativeCall): Value {
  const name = call.args.str('name');
  const facts = name === undefined ? undefined : ({ mnist_784: 784, 'Fashion-MNIST': 784 } as Readonly<Record<string, number>>)[name];
  const asFrame = call.args.get('as_frame');
  const isFrame = asFrame.kind === 'bool' ? asFrame.value : asFrame.kind === 'str' ? true : undefined;
  if (facts === undefined || isFrame === undefined) return call.args.flag('return_X_y') === true ? tuple([unknown(), unknown()]) : unknown();
  const origin: Origin = { place: call.place, says: message('{classes} classes: OpenML {name}', { classes: 10, name: name ?? '' }) };
  const data = array([70000, facts], isFrame ? 'int64' : 'float64', rangeBetween(0, 255, { integral: true, attained: true }), origin);
  const target = distinctSlot.on(array([70000], 'string', undefined, origin), { texts: Array.from({ length: 10 }, (_, at) => String(at)) });
  const [x, y] = isFrame
    ? [
        frame(
          tableOfArray(
            data,
            Array.from({ length: facts }, (_, at) => `pixel${at + 1}`),
          ),
        ),
        series(target, 'class'),
      ]
    : [data, target];
  return call.args.flag('return_X_y') === true ? tuple([x, y]) : bunch({ data: x, target: y });
}

function samples(call: NativeCall): Dim {
  return dimFromValue(call.args.get('n_samples')) ?? unknownDim();
}

function generatedLabels(rows: Dim, classes: number | undefined, call: NativeCall): TensorValue {
  const origin: Origin = { place: call.place, says: message('{classes} classes: scikit-learn {name}', { classes: classes ?? '?', name: call.name }) };
  return array(
    [rows],
    'int64',
    classes === undefined ? undefined : rangeBetween(0, classes - 1, { integral: true, attained: isKnown(rows) && drawsAll(rows, classes) }),
    origin,
  );
}

/** (data, labels) with the given number of columns and classes. */
function generated(columns: (call: NativeCall) => Dim, classes: (call: NativeCall) => number | undefined): (call: NativeCall) => Value {
  return (call) => {
    const given = call.args.get('n_samples');
    const counts = given.kind === 'tuple' || given.kind === 'list' ? given.items.map(numberFromValue) : undefined;
    const rows =
      counts === undefined ? samples(call) : counts.includes(undefined) ? unknownDim() : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    const number = counts !== undefined && call.name.endsWith('blobs') ? counts.length : classes(call);
    return tuple([array([rows, columns(call)], 'float64'), generatedLabels(rows, number, call)]);
  };
}
const two = (): number => 2;
const featureCount = (call: NativeCall): Dim => dimFromValue(call.args.get('n_features')) ?? unknownDim();
const classCount = (call: NativeCall): number | undefined => numberFromValue(call.args.get('n_classes'));

function blobCenters(call: NativeCall): number | undefined {
  const centers = call.args.get('centers');
  if (centers.kind === 'none') return 3;
  const given = numberFromValue(centers);
  if (given !== undefined) return given;
  const rows = arrayOf(call.interpreter, centers)?.shape.dims?.[0];
  return rows !== undefined && isKnown(rows) ? rows : undefined;
}
function blobFeatures(call: NativeCall): Dim {
  const centers = call.args.get('centers');
  return centers.kind === 'none' || numberFromValue(centers) !== undefined
    ? featureCount(call)
    : (arrayOf(call.interpreter, centers)?.shape.dims?.[1] ?? unknownDim());
}

function regression(call: NativeCall): Value {
  const rows = samples(call),
    targets = numberFromValue(call.args.get('n_targets'));
  const x = array([rows, featureCount(call)], 'float64');
  const y = array(targets === undefined ? undefined : targets === 1 ? [rows] : [rows, targets], 'float64');
  return call.args.flag('coef') === false ? tuple([x, y]) : unknown();
}

function multilabel(call: NativeCall): Value {
  const rows = samples(call),
    classes = numberFromValue(call.args.get('n_classes')) ?? unknownDim();
  return call.args.flag('return_distributions') === false && call.args.flag('sparse') === false && call.args.str('return_indicator') === 'dense'
    ? tuple([array([rows, featureCount(call)], 'float64'), array([rows, classes], 'int64', rangeBetween(0, 1, { integral: true }))])
    : unknown();
}

const surface = (call: NativeCall): Value => tuple([array([samples(call), 3], 'float64'), array([samples(call)], 'float64')]);
const fetched = 'data_home=None, download_if_missing=True';
const signatures: Readonly<Record<string, string>> = {
  load_digits: '*, n_class=10, return_X_y=False, as_frame=False',
  load_diabetes: '*, return_X_y=False, as_frame=False, scaled=True',
  load_boston: '*, return_X_y=False',
  fetch_california_housing: `*, ${fetched}, return_X_y=False, as_frame=False, n_retries=3, delay=1.0`,
  fetch_olivetti_faces: '*, data_home=None, shuffle=False, random_state=0, download_if_missing=True, return_X_y=False, n_retries=3, delay=1.0',
};

export const datasetMembers = (): Readonly<Record<string, Value>> => ({
  ...Object.fromEntries(
    Object.entries(dataSets).map(([name, facts]) => [
      name,
      nativeFunction(name, signatures[name] ?? '*, return_X_y=False, as_frame=False', load(name, facts)),
    ]),
  ),
  fetch_20newsgroups: nativeFunction(
    'fetch_20newsgroups',
    '*, data_home=None, subset="train", categories=None, shuffle=True, random_state=42, remove=(), download_if_missing=True, return_X_y=False, n_retries=3, delay=1.0',
    newsgroups,
  ),
  fetch_openml: nativeFunction(
    'fetch_openml',
    'name=None, *, version="active", data_id=None, data_home=None, target_column="default-target", cache=True, return_X_y=False, as_frame="auto", n_retries=3, delay=1.0, parser="auto", read_csv_kwargs=None',
    openml,
  ),
  make_classification: nativeFunction(
    'make_classification',
    'n_samples=100, n_features=20, *, n_informative=2, n_redundant=2, n_repeated=0, n_classes=2, n_clusters_per_class=2, weights=None, flip_y=0.01, class_sep=1.0, hypercube=True, shift=0.0, scale=1.0, shuffle=True, random_state=None, return_X_y=True',
    (call) => (call.args.flag('return_X_y') === true ? generated(featureCount, classCount)(call) : unknown()),
  ),
  make_blobs: nativeFunction(
    'make_blobs',
    'n_samples=100, n_features=2, *, centers=None, cluster_std=1.0, center_box=(-10.0, 10.0), shuffle=True, random_state=None, return_centers=False',
    (call) => (call.args.flag('return_centers') === false ? generated(blobFeatures, blobCenters)(call) : unknown()),
  ),
  make_moons: nativeFunction(
    'make_moons',
    'n_samples=100, *, shuffle=True, noise=None, random_state=None',
    generated(() => 2, two),
  ),
  make_circles: nativeFunction(
    'make_circles',
    'n_samples=100, *, shuffle=True, noise=None, random_state=None, factor=0.8',
    generated(() => 2, two),
  ),
  make_gaussian_quantiles: nativeFunction(
    'make_gaussian_quantiles',
    '*, mean=None, cov=1.0, n_samples=100, n_features=2, n_classes=3, shuffle=True, random_state=None',
    generated(featureCount, classCount),
  ),
  make_regression: nativeFunction(
    'make_regression',
    'n_samples=100, n_features=100, *, n_informative=10, n_targets=1, bias=0.0, effective_rank=None, tail_strength=0.5, noise=0.0, shuffle=True, coef=False, random_state=None',
    regression,
  ),
  make_multilabel_classification: nativeFunction(
    'make_multilabel_classification',
    'n_samples=100, n_features=20, *, n_classes=5, n_labels=2, length=50, allow_unlabeled=True, sparse=False, return_indicator="dense", return_distributions=False, random_state=None',
    multilabel,
  ),
  make_friedman1: nativeFunction('make_friedman1', 'n_samples=100, n_features=10, *, noise=0.0, random_state=None', (call) =>
    tuple([array([samples(call), featureCount(call)], 'float64'), array([samples(call)], 'float64')]),
  ),
  make_s_curve: nativeFunction('make_s_curve', 'n_samples=100, *, noise=0.0, random_state=None', surface),
  make_swiss_roll: nativeFunction('make_swiss_roll', 'n_samples=100, *, noise=0.0, random_state=None, hole=False', surface),
});
