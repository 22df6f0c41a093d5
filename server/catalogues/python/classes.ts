// The built-in classes by name, and the class of each kind of value. Methods live in the classes' namespaces, so that the
// evaluator finds `'x'.upper` by look-up. It must not know the evaluator.
import { builtinObject } from '../../values/classes.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { bytearrayClass, bytesClass, memoryviewClass } from './bytes.ts';
import { exceptionClasses } from './exceptions.ts';
import { dictClass } from './mappings.ts';
import { boolClass, complexClass, floatClass, intClass } from './numbers.ts';
import {
  classmethodClass,
  ellipsisClass,
  functionClass,
  iteratorClass,
  methodClass,
  moduleClass,
  nativeFunctionClass,
  noneClass,
  notImplementedClass,
  propertyClass,
  rangeClass,
  sliceClass,
  staticmethodClass,
  superClass,
  typeClass,
} from './objects.ts';
import { listClass, tupleClass } from './sequences.ts';
import { frozensetClass, setClass } from './sets.ts';
import { strClass } from './strings.ts';

/** All built-in classes: what a program can name, then those it meets through `type(x)` only. */
export const builtinClasses: Readonly<Record<string, ClassValue>> = {
  object: builtinObject,
  type: typeClass,
  int: intClass,
  float: floatClass,
  bool: boolClass,
  complex: complexClass,
  str: strClass,
  bytes: bytesClass,
  bytearray: bytearrayClass,
  memoryview: memoryviewClass,
  list: listClass,
  tuple: tupleClass,
  dict: dictClass,
  set: setClass,
  frozenset: frozensetClass,
  slice: sliceClass,
  range: rangeClass,
  property: propertyClass,
  staticmethod: staticmethodClass,
  classmethod: classmethodClass,
  super: superClass,
  ...exceptionClasses,
  function: functionClass,
  method: methodClass,
  builtin_function_or_method: nativeFunctionClass,
  module: moduleClass,
  NoneType: noneClass,
  ellipsis: ellipsisClass,
  NotImplementedType: notImplementedClass,
  iterator: iteratorClass,
  generator: iteratorClass,
};

/** Classes that are no names of the builtins module. */
export const unnamedClasses: ReadonlySet<string> = new Set([
  'function',
  'method',
  'builtin_function_or_method',
  'module',
  'NoneType',
  'ellipsis',
  'NotImplementedType',
  'iterator',
  'generator',
]);

/** The class of a value by its kind; what the value itself carries (instances, tensors, containers of a subclass) is the caller's to look at. */
export function classOfKind(value: Value): ClassValue | undefined {
  switch (value.kind) {
    case 'unknown':
      return undefined;
    case 'none':
      return noneClass;
    case 'bool':
      return boolClass;
    case 'int':
      return value.cls ?? intClass;
    case 'float':
      return value.cls ?? floatClass;
    case 'str':
      return strClass;
    case 'bytes':
      return bytesClass;
    case 'ellipsis':
      return ellipsisClass;
    case 'not-implemented':
      return notImplementedClass;
    case 'tuple':
      return value.cls ?? tupleClass;
    case 'list':
      return value.cls ?? listClass;
    case 'dict':
      return value.cls ?? dictClass;
    case 'set':
      return value.frozen ? frozensetClass : setClass;
    case 'slice':
      return sliceClass;
    case 'range':
      return rangeClass;
    case 'iterator':
      return iteratorClass;
    case 'function':
      return functionClass;
    case 'native':
      return nativeFunctionClass;
    case 'bound-method':
      return methodClass;
    case 'property':
      return propertyClass;
    case 'staticmethod':
      return staticmethodClass;
    case 'classmethod':
      return classmethodClass;
    case 'super':
      return superClass;
    case 'class':
      return typeClass;
    case 'module':
      return moduleClass;
    case 'instance':
    case 'tensor':
      return value.cls;
  }
}
