// torchmetrics: measures that are modules without parameters. Called on predictions and targets they give a number, or one for each class.
// Version 1.8. It must not know any model.
import '../torch/index.ts';
import { unknownDim } from '../../tensors/dim.ts';
import { type Shape, shapeOf, unknownShape } from '../../tensors/shape.ts';
import { nativeMethod } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { none } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { torchTensor } from '../torch/library.ts';
import { beginModule, makeModuleClass } from '../torch/module-class.ts';
import { unknowns } from '../torch/quiet-members.ts';

const measured = new WeakMap<InstanceValue, Shape>();
const answer = (self: Value): Value => torchTensor({ shape: (self.kind === 'instance' ? measured.get(self) : undefined) ?? unknownShape });

const metricClass: ClassValue = makeModuleClass(
  'Metric',
  {
    forward: nativeMethod('forward', 'self, *args, **kwargs', ({ args }) => answer(args.get('self'))),
    compute: nativeMethod('compute', 'self', ({ args }) => answer(args.get('self'))),
    ...Object.fromEntries(
      ['update', 'reset', 'persistent', 'add_state', 'plot'].map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)]),
    ),
  },
  undefined,
  'torchmetrics',
);

/** One number, or one a class where no average is taken. */
function perClass(args: BoundArguments, byDefault: string): Shape {
  const given = args.restKeywords.find(({ name }) => name === 'average')?.value;
  if (args.openKeywords || (given !== undefined && given.kind !== 'str' && given.kind !== 'none')) return unknownShape;
  const average = given === undefined ? byDefault : given.kind === 'str' ? given.value : 'none';
  if (args.restKeywords.some(({ name }) => name === 'multidim_average')) return unknownShape;
  return average === 'none' ? shapeOf(countOf(args) ?? unknownDim()) : shapeOf();
}
function countOf(args: BoundArguments): number | undefined {
  const given = args.restKeywords.find(({ name }) => name === 'num_classes' || name === 'num_labels')?.value;
  return given?.kind === 'int' && typeof given.value === 'number' ? given.value : undefined;
}

function metric(name: string, shape: (args: BoundArguments) => Shape): [string, Value] {
  return [
    name,
    makeModuleClass(
      name,
      {
        __init__: nativeMethod(name, 'self, *args, **kwargs', (call) => {
          const self = call.args.get('self');
          if (self.kind !== 'instance') return none;
          beginModule(call, self);
          measured.set(self, shape(call.args));
          for (const one of call.args.restKeywords) setInstanceAttribute(self, one.name, one.value);
          return none;
        }),
      },
      metricClass,
      'torchmetrics',
    ),
  ];
}

const numbers = [
  'MeanMetric',
  'SumMetric',
  'MaxMetric',
  'MinMetric',
  'MeanSquaredError',
  'MeanAbsoluteError',
  'MeanSquaredLogError',
  'MeanAbsolutePercentageError',
  'Perplexity',
  'CosineSimilarity',
  'KLDivergence',
  'WordErrorRate',
  'CharErrorRate',
  'BLEUScore',
  'SacreBLEUScore',
];
const classified = ['Accuracy', 'Precision', 'Recall', 'F1Score', 'FBetaScore', 'Specificity', 'AUROC', 'AveragePrecision', 'JaccardIndex'];
/** Averaged over all samples together by the classes that are told their task. */
const overall: ReadonlySet<string> = new Set(['Accuracy', 'Precision', 'Recall', 'F1Score', 'FBetaScore', 'Specificity']);
const open = [
  'ROC',
  'PrecisionRecallCurve',
  'StatScores',
  'CalibrationError',
  'CohenKappa',
  'MatthewsCorrCoef',
  'HammingDistance',
  'Dice',
  'ExactMatch',
  'R2Score',
  'PearsonCorrCoef',
  'SpearmanCorrCoef',
  'ExplainedVariance',
  'MetricCollection',
  'MetricTracker',
  'CatMetric',
  'RunningMean',
  'ClasswiseWrapper',
  'PeakSignalNoiseRatio',
  'StructuralSimilarityIndexMeasure',
  'FrechetInceptionDistance',
  'InceptionScore',
  'LearnedPerceptualImagePatchSimilarity',
  'MeanAveragePrecision',
  'IntersectionOverUnion',
];
const matrix = (args: BoundArguments, isBinary: boolean): Shape => {
  if (isBinary) return shapeOf(2, 2);
  const task = args.restKeywords.find(({ name }) => name === 'task')?.value;
  const count = task?.kind === 'str' && task.value === 'binary' ? 2 : countOf(args);
  return count === undefined || (task?.kind === 'str' && task.value === 'multilabel') ? unknownShape : shapeOf(count, count);
};

let classes: Readonly<Record<string, Value>> | undefined;
const members = (): Record<string, Value> => ({
  ...(classes ??= {
    Metric: metricClass,
    ...Object.fromEntries([
      ...numbers.map((name) => metric(name, () => shapeOf())),
      ...open.map((name) => metric(name, () => unknownShape)),
      ...classified.flatMap((name) => [
        metric(name, (args) =>
          overall.has(name) || args.restKeywords.some((one) => one.name === 'task' && one.value.kind === 'str' && one.value.value === 'binary')
            ? perClass(args, 'micro')
            : perClass(args, 'macro'),
        ),
        metric(`Binary${name}`, () => shapeOf()),
        metric(`Multiclass${name}`, (args) => perClass(args, 'macro')),
        metric(`Multilabel${name}`, (args) => perClass(args, 'macro')),
      ]),
      metric('ConfusionMatrix', (args) => matrix(args, false)),
      metric('BinaryConfusionMatrix', (args) => matrix(args, true)),
      metric('MulticlassConfusionMatrix', (args) => matrix(args, false)),
      metric('MultilabelConfusionMatrix', () => unknownShape),
    ]),
  }),
});
const functions = (): Record<string, Value> =>
  unknowns([
    'accuracy',
    'precision',
    'recall',
    'f1_score',
    'auroc',
    'confusion_matrix',
    'mean_squared_error',
    'mean_absolute_error',
    'jaccard_index',
    'average_precision',
    'dice',
    'stat_scores',
    'structural_similarity_index_measure',
  ]);

const folders = [
  '',
  '.classification',
  '.regression',
  '.aggregation',
  '.text',
  '.image',
  '.image.fid',
  '.image.lpip',
  '.image.inception',
  '.detection',
  '.detection.mean_ap',
  '.wrappers',
  '.collections',
  '.segmentation',
];

export const torchmetricsCatalogue: Catalogue = {
  modules: {
    ...Object.fromEntries(folders.map((folder) => [`torchmetrics${folder}`, members])),
    'torchmetrics.functional': functions,
    'torchmetrics.functional.classification': functions,
  },
};
