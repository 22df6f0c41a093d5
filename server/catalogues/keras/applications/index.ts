// keras.applications: the functions of the ready-made models, what they refuse, and their preprocessing.
// It must not know any one architecture.
import { batchDim, isKnown } from '../../../tensors/dim.ts';
import type { Dim } from '../../../tensors/dim.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import type { ValueRange } from '../../../tensors/range.ts';
import { formatShape } from '../../../tensors/shape.ts';
import type { Layer } from '../../../trace/trace.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import { nativeFunction } from '../../../values/classes.ts';
import type { Interpreter } from '../../../values/interpreter.ts';
import type { Message, Place } from '../../../values/place.ts';
import { message } from '../../../values/place.ts';
import type { NativeCall, TensorValue, Value } from '../../../values/value.ts';
import { instance, list, none, str, unknown } from '../../../values/value.ts';
import { kerasTensorClass } from '../array-library.ts';
import { describeActivation } from '../activations.ts';
import { axisFromValue, shapeFromValue } from '../construction.ts';
import { makeInputLayer } from '../keras-tensor.ts';
import { initialiseLayer } from '../layer-class.ts';
import { imageDataFormat } from '../layers/arguments.ts';
import { createLayerState, historySlot } from '../layer-state.ts';
import type { GraphNode } from '../layer-state.ts';
import { functionalClass, makeFunctional, sequentialClass } from '../model.ts';
import { recordModel, updateModel } from '../model-state.ts';
import { opsMembers } from '../ops.ts';
import type { Architecture } from './builder.ts';
import { makeBuilder } from './builder.ts';
import { densenet, resnet, resnetV2, vgg, xception } from './classic.ts';
import { convNeXt, efficientNet, efficientNetV2, useSequentialClass } from './efficient.ts';
import { inceptionResNetV2, inceptionV3, nasNet } from './inception.ts';
import { mobileNet, mobileNetV2, mobileNetV3 } from './mobile.ts';

useSequentialClass(sequentialClass);

type Preprocessing = 'caffe' | 'tf' | 'torch' | 'none';

interface Application {
  readonly module: string;
  readonly signature: string;
  readonly architecture: Architecture;
  /** The side of the pictures that it was made for. */
  readonly size: number;
  /** Sides that pretrained weights exist for, where there are several. */
  readonly sizes?: readonly number[];
  readonly minimum: number;
  readonly alphas?: readonly number[];
  /** The name that the model itself has. */
  readonly name: string | ((alpha: number, rows: Dim | undefined) => string);
  /** Takes a picture of unknown size without a top at this size. */
  readonly fixedWithoutTop?: boolean;
  readonly isMobileV3?: boolean;
}

const common =
  "include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax'";
const plain = (name: string): string => `${common}, name='${name}'`;
const prepared = (name: string): string => `${common}, include_preprocessing=True, name='${name}'`;
const mobileV3 = (name: string): string =>
  `input_shape=None, alpha=1.0, minimalistic=False, include_top=True, weights='imagenet', input_tensor=None, classes=1000, pooling=None, dropout_rate=0.2, classifier_activation='softmax', include_preprocessing=True, name='${name}'`;

function family(
  module: string,
  size: number,
  minimum: number,
  entries: Readonly<Record<string, readonly [name: string, architecture: Architecture, size?: number]>>,
  signature = plain,
): Record<string, Application> {
  return Object.fromEntries(
    Object.entries(entries).map(([title, [name, architecture, own]]) => [
      title,
      { module, signature: signature(name), architecture, size: own ?? size, minimum, name },
    ]),
  );
}

const twoDecimals = (value: number): string => value.toFixed(2);

const applications: Readonly<Record<string, Application>> = {
  ...family('vgg16', 224, 32, { VGG16: ['vgg16', vgg([2, 2, 3, 3, 3])] }),
  ...family('vgg19', 224, 32, { VGG19: ['vgg19', vgg([2, 2, 4, 4, 4])] }),
  ...family('resnet', 224, 32, {
    ResNet50: ['resnet50', resnet([3, 4, 6, 3])],
    ResNet101: ['resnet101', resnet([3, 4, 23, 3])],
    ResNet152: ['resnet152', resnet([3, 8, 36, 3])],
  }),
  ...family('resnet_v2', 224, 32, {
    ResNet50V2: ['resnet50v2', resnetV2([3, 4, 6, 3])],
    ResNet101V2: ['resnet101v2', resnetV2([3, 4, 23, 3])],
    ResNet152V2: ['resnet152v2', resnetV2([3, 8, 36, 3])],
  }),
  ...family('densenet', 224, 32, {
    DenseNet121: ['densenet121', densenet([6, 12, 24, 16])],
    DenseNet169: ['densenet169', densenet([6, 12, 32, 32])],
    DenseNet201: ['densenet201', densenet([6, 12, 48, 32])],
  }),
  ...family('xception', 299, 71, { Xception: ['xception', xception] }),
  ...family('inception_v3', 299, 75, { InceptionV3: ['inception_v3', inceptionV3] }),
  ...family('inception_resnet_v2', 299, 75, { InceptionResNetV2: ['inception_resnet_v2', inceptionResNetV2] }),
  MobileNet: {
    module: 'mobilenet',
    architecture: mobileNet,
    size: 224,
    sizes: [128, 160, 192, 224],
    minimum: 32,
    alphas: [0.25, 0.5, 0.75, 1],
    signature:
      "input_shape=None, alpha=1.0, depth_multiplier=1, dropout=0.001, include_top=True, weights='imagenet', input_tensor=None, pooling=None, classes=1000, classifier_activation='softmax', name=None",
    name: (alpha, rows) => `mobilenet_${twoDecimals(alpha)}_${rows === undefined || !isKnown(rows) ? 'None' : rows}`,
  },
  MobileNetV2: {
    module: 'mobilenet_v2',
    architecture: mobileNetV2,
    size: 224,
    sizes: [96, 128, 160, 192, 224],
    minimum: 32,
    alphas: [0.35, 0.5, 0.75, 1, 1.3, 1.4],
    signature:
      "input_shape=None, alpha=1.0, include_top=True, weights='imagenet', input_tensor=None, pooling=None, classes=1000, classifier_activation='softmax', name=None",
    name: (alpha, rows) => `mobilenetv2_${twoDecimals(alpha)}_${rows === undefined || !isKnown(rows) ? 'None' : rows}`,
  },
  MobileNetV3Small: {
    module: 'mobilenet_v3',
    architecture: mobileNetV3('small'),
    size: 224,
    minimum: 32,
    signature: mobileV3('MobileNetV3Small'),
    name: 'MobileNetV3Small',
    isMobileV3: true,
  },
  MobileNetV3Large: {
    module: 'mobilenet_v3',
    architecture: mobileNetV3('large'),
    size: 224,
    minimum: 32,
    signature: mobileV3('MobileNetV3Large'),
    name: 'MobileNetV3Large',
    isMobileV3: true,
  },
  ...family(
    'efficientnet',
    224,
    32,
    Object.fromEntries(
      (
        [
          [1, 1, 224, 0.2],
          [1, 1.1, 240, 0.2],
          [1.1, 1.2, 260, 0.3],
          [1.2, 1.4, 300, 0.3],
          [1.4, 1.8, 380, 0.4],
          [1.6, 2.2, 456, 0.4],
          [1.8, 2.6, 528, 0.5],
          [2, 3.1, 600, 0.5],
        ] as const
      ).map(([width, depth, size, dropout], at) => [`EfficientNetB${at}`, [`efficientnetb${at}`, efficientNet(width, depth, dropout), size]]),
    ),
  ),
  ...family(
    'efficientnet_v2',
    224,
    32,
    {
      EfficientNetV2B0: ['efficientnetv2-b0', efficientNetV2('b', 1, 1)],
      EfficientNetV2B1: ['efficientnetv2-b1', efficientNetV2('b', 1, 1.1), 240],
      EfficientNetV2B2: ['efficientnetv2-b2', efficientNetV2('b', 1.1, 1.2), 260],
      EfficientNetV2B3: ['efficientnetv2-b3', efficientNetV2('b', 1.2, 1.4), 300],
      EfficientNetV2S: ['efficientnetv2-s', efficientNetV2('s', 1, 1), 384],
      EfficientNetV2M: ['efficientnetv2-m', efficientNetV2('m', 1, 1), 480],
      EfficientNetV2L: ['efficientnetv2-l', efficientNetV2('l', 1, 1), 480],
    },
    prepared,
  ),
  NASNetMobile: {
    module: 'nasnet',
    architecture: nasNet(1056, 4, 32, false),
    size: 224,
    minimum: 32,
    name: 'nasnet_mobile',
    fixedWithoutTop: true,
    signature:
      "input_shape=None, include_top=True, weights='imagenet', input_tensor=None, pooling=None, classes=1000, classifier_activation='softmax', name='nasnet_mobile'",
  },
  NASNetLarge: {
    module: 'nasnet',
    architecture: nasNet(4032, 6, 96, true),
    size: 331,
    minimum: 32,
    name: 'nasnet_large',
    signature:
      "input_shape=None, include_top=True, weights='imagenet', input_tensor=None, pooling=None, classes=1000, classifier_activation='softmax', name='nasnet_large'",
  },
  ...Object.fromEntries(
    Object.entries({
      Tiny: [
        [3, 3, 9, 3],
        [96, 192, 384, 768],
      ],
      Small: [
        [3, 3, 27, 3],
        [96, 192, 384, 768],
      ],
      Base: [
        [3, 3, 27, 3],
        [128, 256, 512, 1024],
      ],
      Large: [
        [3, 3, 27, 3],
        [192, 384, 768, 1536],
      ],
      XLarge: [
        [3, 3, 27, 3],
        [256, 512, 1024, 2048],
      ],
    } as const).map(([title, [depths, widths]]) => {
      const name = `convnext_${title.toLowerCase()}`;
      return [
        `ConvNeXt${title}`,
        {
          module: 'convnext',
          architecture: convNeXt(depths, widths),
          size: 224,
          minimum: 32,
          name,
          signature: `include_top=True, include_preprocessing=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', name='${name}'`,
        },
      ];
    }),
  ),
};

/** The three sizes of the pictures; undefined where every size is allowed. */
function pictureShape(app: Application, call: NativeCall, refuse: (argument: string, text: Message) => void): readonly Dim[] {
  const { args, interpreter } = call;
  const given = args.get('input_shape');
  const isPretrained = args.str('weights') === 'imagenet';
  const includeTop = args.flag('include_top');
  const dims = shapeFromValue(interpreter, given)?.dims;
  const anySize = (): readonly Dim[] => [axisFromValue(none), axisFromValue(none), 3];
  if (given.kind === 'none' || (given.kind === 'tuple' && given.items.length === 0)) {
    if (app.isMobileV3) return anySize();
    if (includeTop === false) return app.fixedWithoutTop === true ? [app.size, app.size, 3] : anySize();
    return [app.size, app.size, 3];
  }
  if (dims === undefined) return anySize();
  if (dims.length !== 3) {
    refuse('input_shape', message('input_shape has three sizes, got {shape}', { shape: formatShape({ dims }) }));
    return anySize();
  }
  const [rows, columns, channels] = dims;
  const tooSmall = (dim: Dim | undefined): boolean => dim !== undefined && isKnown(dim) && dim < app.minimum;
  if (isPretrained && includeTop === true && !app.isMobileV3) {
    const side = app.sizes !== undefined && rows !== undefined && isKnown(rows) && rows === columns && app.sizes.includes(rows) ? rows : app.size;
    const expected = [side, side, 3];
    if (
      dims.some((dim, at) => isKnown(dim) && dim !== expected[at]) ||
      (given.kind === 'tuple' && given.items.some((item) => item.kind === 'none'))
    ) {
      refuse(
        'input_shape',
        message('with the top and weights="imagenet", {model} takes {expected}, got {actual}', {
          model: call.name,
          expected: formatShape({ dims: expected }),
          actual: formatShape({ dims }),
        }),
      );
    }
    return expected;
  }
  if (tooSmall(rows) || tooSmall(columns)) {
    refuse(
      'input_shape',
      message('{model} needs pictures of at least {minimum}x{minimum}, got {shape}', {
        model: call.name,
        minimum: app.minimum,
        shape: formatShape({ dims }),
      }),
    );
  } else if (isPretrained && !app.isMobileV3 && channels !== undefined && isKnown(channels) && channels !== 3) {
    refuse('input_shape', message('weights="imagenet" are for 3 channels, got {shape}', { shape: formatShape({ dims }) }));
  } else if (includeTop === true && !app.isMobileV3 && given.kind === 'tuple' && given.items.some((item) => item.kind === 'none')) {
    refuse(
      'input_shape',
      message('with its top {model} needs pictures of a fixed size, got {shape}', { model: call.name, shape: formatShape({ dims }) }),
    );
  }
  return dims;
}

function build(app: Application, title: string, call: NativeCall): Value {
  const { args, interpreter, place } = call;
  let refused = false;
  const refuse = (argument: string, text: Message): void => {
    if (refused) return;
    refused = true;
    interpreter.refuse({ rule: 'invalid-argument', message: text, place: args.place(argument) ?? place });
  };
  const self = instance(functionalClass, { place });
  const state = createLayerState(interpreter, self, place);
  updateModel(self, { kind: 'functional' });
  recordModel(interpreter, self, state);
  const isPretrained = args.str('weights') === 'imagenet';
  const includeTop = args.flag('include_top');
  const classes = args.number('classes');
  const weights = args.str('weights');
  // Any other text is a file's path.
  if (weights !== undefined && !isPretrained && !/[./\\]/.test(weights) && interpreter.host.readBytes(weights, 1) === undefined) {
    refuse('weights', message('weights are None, "imagenet" or the path of a file, got "{weights}"', { weights }));
  }
  if (isPretrained && includeTop === true && classes !== undefined && classes !== 1000) {
    refuse(
      'classes',
      message('with the top, weights="imagenet" have 1000 classes, got {classes}: leave the top out or take weights=None', { classes }),
    );
  }
  const dims = pictureShape(app, call, refuse);
  const alpha = args.given('alpha') === false && !args.openKeywords ? 1 : args.real('alpha');
  if (app.alphas !== undefined && isPretrained && alpha !== undefined && !app.alphas.includes(alpha)) {
    refuse('alpha', message('weights="imagenet" exist for alpha {allowed}, got {alpha}', { allowed: app.alphas.join(', '), alpha }));
  }
  const multiplier = args.number('depth_multiplier');
  if (isPretrained && multiplier !== undefined && multiplier !== 1)
    refuse('depth_multiplier', message('weights="imagenet" exist for depth_multiplier 1, got {multiplier}', { multiplier }));
  // Keras finds the architecture by the model's name.
  const modelName = args.str('name');
  if (
    app.module === 'efficientnet_v2' &&
    modelName !== undefined &&
    !Object.values(applications).some((one) => one.module === app.module && one.name === modelName)
  ) {
    refuse('name', message('{model} cannot be renamed when it is made: its name says which architecture it is', { model: title }));
  }
  if (app.isMobileV3 === true && isPretrained && alpha !== undefined && args.flag('minimalistic') !== undefined) {
    const allowed = args.flag('minimalistic') === true ? [1] : [0.75, 1];
    if (!allowed.includes(alpha))
      refuse('alpha', message('weights="imagenet" exist for alpha {allowed}, got {alpha}', { allowed: allowed.join(', '), alpha }));
  }
  if (includeTop === true && args.str('weights') !== undefined) {
    const activation = describeActivation(args.get('classifier_activation'));
    if (activation !== undefined && activation !== 'softmax' && activation !== 'linear') {
      refuse('classifier_activation', message('pretrained weights are for the activation "softmax" or None, got "{activation}"', { activation }));
    }
  }
  const given = args.get('input_tensor');
  if (
    includeTop === undefined ||
    imageDataFormat(interpreter).value !== 'channels_last' ||
    (classes === undefined && includeTop) ||
    alpha === undefined ||
    (given.kind !== 'none' && given.kind !== 'tensor') ||
    args.openKeywords
  ) {
    initialiseLayer(interpreter, argumentsOf([self], { name: args.get('name') }), place, undefined);
    updateModel(self, { unknownMembers: true });
    state.weightsUnknown = true;
    return self;
  }
  const name =
    args.str('name') ??
    (typeof app.name === 'string'
      ? app.name
      : app.name(alpha, isPretrained && app.sizes !== undefined && !(app.sizes.includes(Number(dims[0])) && dims[0] === dims[1]) ? 224 : dims[0]));
  // Its layers are no lines of the program: they are built quietly.
  const { result } = interpreter.quietly(() => {
    const builder = makeBuilder(interpreter, place);
    const input =
      given.kind === 'tensor' && given.cls === kerasTensorClass
        ? given
        : makeInputLayer(interpreter, { dims: [batchOf(given), ...dims] }, 'float32', place).output;
    const output = app.architecture(
      builder,
      input,
      { includeTop, pooling: args.str('pooling'), classes: classes ?? 1000, activation: args.get('classifier_activation') },
      {
        alpha,
        depthMultiplier: args.number('depth_multiplier') ?? 1,
        minimalistic: args.flag('minimalistic') ?? false,
        preprocessing: args.get('include_preprocessing').kind !== 'bool' || args.flag('include_preprocessing') === true,
        dropout: args.real('dropout') ?? args.real('dropout_rate') ?? 0.2,
        pretrained: isPretrained,
        name,
      },
    );
    initialiseLayer(interpreter, argumentsOf([self], { name: str(name) }), place, undefined);
    const inputs = given.kind === 'tensor' ? sourceInputs(input) : [input];
    makeFunctional(interpreter, self, state, inputs.length === 1 ? (inputs[0] ?? unknown()) : list(inputs), output, output.kind === 'tensor', place);
    return self;
  });
  recordArguments(state.layer, call, title);
  return result;
}

function batchOf(given: Value): Dim {
  return given.kind === 'tensor' ? (given.shape.dims?.[0] ?? axisFromValue(none)) : batchDim;
}

function recordArguments(layer: Layer, call: NativeCall, title: string): void {
  const known = layer.arguments as Map<string, { value: Value; place: NativeCall['place'] | undefined }>;
  for (const parameter of ['include_top', 'weights', 'input_shape', 'pooling', 'classes', 'classifier_activation', 'input_tensor'])
    known.set(parameter, { value: call.args.get(parameter), place: call.args.place(parameter) });
  known.set('application', { value: str(title), place: undefined });
}

/** The Inputs behind a tensor. */
function sourceInputs(tensor: TensorValue): TensorValue[] {
  const found: TensorValue[] = [];
  const seen = new Set<GraphNode>();
  const visit = (one: TensorValue): void => {
    const history = historySlot.get(one);
    if (history === undefined || seen.has(history.node)) return;
    seen.add(history.node);
    if (history.node.isInput) found.push(one);
    else for (const input of history.node.inputs) visit(input);
  };
  visit(tensor);
  return found;
}

/** What a preprocessing function makes of pixels from 0 to 255. */
function preprocessed(mode: Preprocessing, range: ValueRange | undefined): ValueRange | undefined {
  if (range === undefined || mode === 'none') return range;
  const scale = (low: number, high: number): ValueRange => rangeBetween(low, high);
  switch (mode) {
    case 'tf':
      return scale(range.low / 127.5 - 1, range.high / 127.5 - 1);
    case 'torch':
      return scale((range.low / 255 - 0.485) / 0.224, (range.high / 255 - 0.406) / 0.224);
    case 'caffe':
      return scale(range.low - 123.68, range.high - 103.939);
  }
}

/** The operations that Keras does on a KerasTensor. */
function preprocessedGraph(interpreter: Interpreter, x: TensorValue, mode: Preprocessing, place: Place): Value {
  const real = (value: number): Value => ({ kind: 'float', value });
  if (mode === 'tf') return interpreter.binary('-', interpreter.binary('/', x, real(127.5), place), real(1), place);
  if (mode === 'torch') return interpreter.binary('/', interpreter.binary('+', interpreter.binary('/', x, real(255), place), real(-0.45), place), real(0.225), place);
  const channels = [2, 1, 0].map((at) => interpreter.getItem(x, { kind: 'tuple', items: [{ kind: 'ellipsis' }, { kind: 'int', value: at }] }, place));
  const stacked = interpreter.call(opsMembers['stack'] ?? none, argumentsOf([list(channels)], { axis: { kind: 'int', value: -1 } }), place);
  return interpreter.binary('+', stacked, real(-100), place);
}

function preprocessFunction(mode: Preprocessing): Value {
  return nativeFunction('preprocess_input', mode === 'none' ? 'x, data_format=None' : 'x, data_format=None, **kwargs', (call) => {
    const x = call.args.get('x');
    if (x.kind !== 'tensor') return unknown();
    if (mode === 'none') return x;
    const range = preprocessed(mode, x.range);
    const dtype = x.dtype?.startsWith('float') === true ? x.dtype : 'float32';
    if (x.cls !== kerasTensorClass) return { ...x, dtype, range, contents: undefined };
    // On a graph's tensor it is arithmetic, which becomes rows of the model; its values are those of the whole.
    const result = preprocessedGraph(call.interpreter, x, mode, call.place);
    return result.kind === 'tensor' ? { ...result, range } : result;
  });
}

const modes: Readonly<Record<string, Preprocessing>> = {
  vgg16: 'caffe',
  vgg19: 'caffe',
  resnet: 'caffe',
  resnet50: 'caffe',
  resnet_v2: 'tf',
  densenet: 'torch',
  xception: 'tf',
  inception_v3: 'tf',
  inception_resnet_v2: 'tf',
  mobilenet: 'tf',
  mobilenet_v2: 'tf',
  mobilenet_v3: 'none',
  efficientnet: 'none',
  efficientnet_v2: 'none',
  nasnet: 'tf',
  convnext: 'none',
};

const decode = nativeFunction('decode_predictions', 'preds, top=5', (call) => {
  const predictions = call.args.get('preds');
  const dims = predictions.kind === 'tensor' ? predictions.shape.dims : undefined;
  const classes = dims?.[1];
  if (dims !== undefined && (dims.length !== 2 || (classes !== undefined && isKnown(classes) && classes !== 1000))) {
    return call.interpreter.refuse({
      rule: 'invalid-argument',
      message: message('decode_predictions takes (samples, 1000), got {shape}', { shape: formatShape({ dims }) }),
      place: call.args.place('preds') ?? call.place,
    });
  }
  return unknown(undefined, 'list');
});

const functions: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(applications).map(([title, app]) => [title, nativeFunction(title, app.signature, (call) => build(app, title, call))]),
);

function moduleMembers(name: string): Record<string, Value> {
  const own = Object.entries(applications)
    .filter(([, app]) => app.module === name || (name === 'resnet50' && app.module === 'resnet'))
    .map(([title]) => [title, functions[title] ?? none] as const);
  return { ...Object.fromEntries(own), preprocess_input: preprocessFunction(modes[name] ?? 'none'), decode_predictions: decode };
}

export const applicationModules: Readonly<Record<string, () => Readonly<Record<string, Value>>>> = {
  'keras.applications': () => functions,
  ...Object.fromEntries(Object.keys(modes).map((name) => [`keras.applications.${name}`, () => moduleMembers(name)])),
  'keras.applications.imagenet_utils': () => ({ preprocess_input: preprocessFunction('caffe'), decode_predictions: decode }),
};
