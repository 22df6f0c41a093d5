// The modules torchvision.transforms, transforms.v2 and their functional halves, with the names of interpolation and augmentation policies,
// and what the ready-made weights preprocess with. It must not know data sets or models.
import { argumentsOf } from '../../../values/arguments.ts';
import { nativeClass, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import type { ClassValue, NativeCall, Value } from '../../../values/value.ts';
import { float, instance, int, list, none, str, unknown } from '../../../values/value.ts';
import type { Catalogue } from '../../catalogue.ts';
import { torchDType } from '../../torch/library.ts';
import { beginModule, moduleClass } from '../../torch/module-class.ts';
import { isTensor } from '../pictures.ts';
import { transformClasses } from './classes.ts';
import { functionalMembers } from './functional.ts';

/** Members of an enumeration of strings: objects with a name and a value. */
function enumeration(name: string, values: Readonly<Record<string, string>>): ClassValue {
  const cls = nativeClass({ name, qualifiedName: `torchvision.transforms.${name}` });
  for (const [member, value] of Object.entries(values)) {
    const made = instance(cls);
    made.attributes.set('name', str(member));
    made.attributes.set('value', str(value));
    cls.namespace.set(member, made);
  }
  return cls;
}

export const interpolationMode = enumeration('InterpolationMode', { NEAREST: 'nearest', NEAREST_EXACT: 'nearest-exact', BILINEAR: 'bilinear', BICUBIC: 'bicubic', BOX: 'box', HAMMING: 'hamming', LANCZOS: 'lanczos' });
const policy = enumeration('AutoAugmentPolicy', { IMAGENET: 'imagenet', CIFAR10: 'cifar10', SVHN: 'svhn' });
const named = { InterpolationMode: interpolationMode, AutoAugmentPolicy: policy };

/** `weights.transforms()`: resize, crop, scale and normalize as the weights were trained. */
function presetClass(name: string, signature: string, steps: (call: NativeCall, self: Value, image: Value) => Value): ClassValue {
  const cls = nativeClass({ name, qualifiedName: `torchvision.transforms._presets.${name}`, bases: [moduleClass] });
  const names = signature.split(',').map((part) => part.split('=')[0]?.trim() ?? '').filter((part) => /^\w+$/.test(part));
  cls.namespace.set('__init__', nativeMethod(name, signature === '' ? 'self' : `self, *, ${signature}`, (call) => {
    const self = call.args.get('self');
    if (self.kind !== 'instance') return none;
    beginModule(call, self);
    for (const one of names) { const value = call.args.get(one); setInstanceAttribute(self, one, value.kind === 'int' ? list([value]) : value); }
    return none;
  }));
  cls.namespace.set('forward', nativeMethod('forward', 'self, img', (call) => steps(call, call.args.get('self'), call.args.get('img'))));
  return cls;
}

function apply(call: NativeCall, name: string, positional: readonly Value[], keywords: Readonly<Record<string, Value>> = {}): Value {
  const callee = functionalMembers(false)[name];
  return callee === undefined ? unknown() : call.interpreter.call(callee, argumentsOf(positional, keywords), call.place);
}
const attribute = (self: Value, name: string): Value => (self.kind === 'instance' ? self.attributes.get(name) ?? unknown() : unknown());
const scaled = (call: NativeCall, image: Value): Value => apply(call, 'convert_image_dtype', [isTensor(image) ? image : apply(call, 'pil_to_tensor', [image])], { dtype: torchDType('float32') });

export const imageNetMean = [0.485, 0.456, 0.406], imageNetDeviation = [0.229, 0.224, 0.225];
const statistics = 'mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)';
export const imageClassification = presetClass('ImageClassification', `crop_size, resize_size=256, interpolation='bilinear', antialias=True, ${statistics}`, (call, self, image) => {
  const resized = apply(call, 'resize', [image, attribute(self, 'resize_size')]);
  return apply(call, 'normalize', [scaled(call, apply(call, 'center_crop', [resized, attribute(self, 'crop_size')])), attribute(self, 'mean'), attribute(self, 'std')]);
});
const objectDetection = presetClass('ObjectDetection', '', (call, _, image) => scaled(call, image));
const semanticSegmentation = presetClass('SemanticSegmentation', `resize_size, interpolation='bilinear', antialias=True, ${statistics}`, (call, self, image) => {
  const size = attribute(self, 'resize_size');
  const resized = size.kind === 'list' && size.items[0]?.kind === 'int' ? apply(call, 'resize', [image, size]) : image;
  return apply(call, 'normalize', [scaled(call, resized), attribute(self, 'mean'), attribute(self, 'std')]);
});
const others = (name: string): ClassValue => presetClass(name, "crop_size=None, resize_size=None, mean=None, std=None, interpolation='bilinear'", () => unknown());

export function makeImageClassification(call: NativeCall, crop: number, resize: number): Value {
  return call.interpreter.call(imageClassification, argumentsOf([], {
    crop_size: int(crop), resize_size: int(resize), mean: list(imageNetMean.map((one) => float(one))), std: list(imageNetDeviation.map((one) => float(one))),
  }), call.place);
}

export const transformModules: Catalogue['modules'] = {
  'torchvision.transforms': () => ({ ...transformClasses(false), ...named }),
  'torchvision.transforms.transforms': () => ({ ...transformClasses(false), ...named }),
  'torchvision.transforms.autoaugment': () => ({ ...transformClasses(false), ...named }),
  'torchvision.transforms.functional': () => ({ ...functionalMembers(false), ...named }),
  'torchvision.transforms.v2': () => ({ ...transformClasses(true), ...named }),
  'torchvision.transforms.v2.functional': () => ({ ...functionalMembers(true), ...named }),
  'torchvision.transforms._presets': () => ({
    ImageClassification: imageClassification, ObjectDetection: objectDetection, SemanticSegmentation: semanticSegmentation,
    VideoClassification: others('VideoClassification'), OpticalFlow: others('OpticalFlow'), StereoMatching: others('StereoMatching'), ...named,
  }),
};
