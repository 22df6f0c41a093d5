// What constructors of Keras layers refuse, as small checks that declarations put together. A check says whether it refused, so that only
// the first reason is told, as an exception would. It must not know any single layer.
import { dimBounds, divides } from '../../../tensors/dim.ts';
import { message, type Message, type Template } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import type { Construction } from '../layer-declaration.ts';
import { integerOf, integersOf, isNoInteger, itemsOf } from './arguments.ts';
import { activationNames, constraintNames, initializerNames, regularizerNames } from './identifiers.ts';

export type Check = (construction: Construction) => boolean;

/** Runs the checks until one refuses. */
export function checks(...list: readonly Check[]): (construction: Construction) => void {
  return (construction) => {
    list.some((check) => check(construction));
  };
}

export function refuseArgument(construction: Construction, argument: string, text: Message): true {
  construction.refuse(text, { argument });
  return true;
}

/** The argument as Python shows it. */
export function shown(construction: Construction, value: Value): string {
  return construction.interpreter.representation(value, construction.place) ?? '?';
}

function expected(construction: Construction, argument: string, what: Message): true {
  const values = { layer: construction.className, argument, what, actual: shown(construction, construction.args.get(argument)) };
  return refuseArgument(construction, argument, message('{layer}: the argument "{argument}" must be {what}, got {actual}', values));
}

/** A positive whole number. `optional`: None is allowed. */
export function positiveInteger(argument: string, options: { readonly optional?: boolean; readonly minimum?: number; readonly plain?: boolean } = {}): Check {
  return (construction) => {
    const value = construction.args.get(argument);
    if (options.optional === true && value.kind === 'none') return false;
    // Some layers ask for Python's own int (3.15: `isinstance(units, int)`), which numpy's numbers are not.
    if (options.plain === true && value.kind === 'int' && value.cls?.qualifiedName.startsWith('numpy.') === true) {
      const values = { layer: construction.className, argument, type: value.cls.qualifiedName, actual: shown(construction, value) };
      return refuseArgument(construction, argument, message('{layer}: the argument "{argument}" must be a Python int, got {actual} of type {type}: wrap it in int()', values));
    }
    const number = integerOf(value);
    const minimum = options.minimum ?? 1;
    const wrong = number === undefined ? isNoInteger(value) : dimBounds(number).high < minimum;
    return (
      wrong &&
      expected(
        construction,
        argument,
        minimum === 1 ? message('a positive integer') : minimum === 0 ? message('an integer that is not negative') : message('an integer of at least {minimum}', { minimum }),
      )
    );
  };
}

/** One whole number, or a tuple of them. */
export function integerTuple(argument: string, count: number, options: { readonly allowZero?: boolean; readonly optional?: boolean } = {}): Check {
  return (construction) => {
    const value = construction.args.get(argument);
    if (options.optional === true && value.kind === 'none') return false;
    const numbers = integersOf(value, count);
    if (numbers === 'refused') return expected(construction, argument, message('an integer or a tuple of {count} integers', { count }));
    const least = options.allowZero === true ? 0 : 1;
    if (numbers?.some((number) => dimBounds(number).high < least) !== true) return false;
    return expected(construction, argument, options.allowZero === true ? message('made of integers that are not negative') : message('made of positive integers'));
  };
}

/** One of some strings. `folded`: upper and lower case are the same to Keras. */
export function oneOf(
  argument: string,
  allowed: readonly string[],
  options: { readonly optional?: boolean; readonly folded?: boolean; readonly others?: boolean } = {},
): Check {
  return (construction) => {
    const value = construction.args.get(argument);
    if (value.kind === 'none' && options.optional === true) return false;
    const wrong =
      value.kind === 'str'
        ? !allowed.includes(options.folded === true ? value.value.toLowerCase() : value.value)
        : options.others !== true && isCertainlyNoString(value);
    return (
      wrong &&
      expected(
        construction,
        argument,
        options.optional === true && allowed.length < 4 ? message('one of {names} or None', { names: quoted(allowed) }) : message('one of {names}', { names: quoted(allowed) }),
      )
    );
  };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}

function isCertainlyNoString(value: Value): boolean {
  return (
    value.kind === 'none' ||
    value.kind === 'bool' ||
    value.kind === 'int' ||
    value.kind === 'float' ||
    value.kind === 'tuple' ||
    value.kind === 'list' ||
    value.kind === 'dict'
  );
}

export const dataFormat: Check = oneOf('data_format', ['channels_last', 'channels_first'], { optional: true, folded: true });

/** Convolutions fold the case of `padding`, pooling does not. */
export function paddingName(options: { readonly causal?: boolean; readonly folded?: boolean } = {}): Check {
  return oneOf('padding', options.causal === true ? ['valid', 'same', 'causal'] : ['valid', 'same'], { folded: options.folded ?? true });
}

/** A number between two bounds, both allowed unless `exclusive`. */
export function numberBetween(argument: string, low: number, high: number, options: { readonly optional?: boolean } = {}): Check {
  return (construction) => {
    const value = construction.args.get(argument);
    if (options.optional === true && value.kind === 'none') return false;
    const number = construction.args.real(argument) ?? (value.kind === 'bool' ? Number(value.value) : undefined);
    const wrong = number === undefined ? isNoNumber(value) : number < low || number > high;
    const what = high === Number.POSITIVE_INFINITY ? message('a number of at least {low}', { low }) : message('a number between {low} and {high}', { low, high });
    return wrong && expected(construction, argument, what);
  };
}

export function isNoNumber(value: Value): boolean {
  return value.kind !== 'float' && isNoInteger(value);
}

/** `activation`, `recurrent_activation`: a name, something to call, or None. */
export const activations: Check = (construction) =>
  ['activation', 'recurrent_activation'].some((argument) => {
    const value = construction.args.get(argument);
    const wrong =
      value.kind === 'str'
        ? !activationNames.has(value.value)
        : value.kind === 'int' || value.kind === 'float' || value.kind === 'bool' || value.kind === 'tuple' || value.kind === 'list';
    return (
      wrong &&
      refuseArgument(
        construction,
        argument,
        message('{layer}: there is no activation function {actual}', { layer: construction.className, actual: shown(construction, value) }),
      )
    );
  });

const parts = [
  'kernel',
  'bias',
  'recurrent',
  'depthwise',
  'pointwise',
  'embeddings',
  'gamma',
  'beta',
  'moving_mean',
  'moving_variance',
  'alpha',
  'activity',
];

/** All arguments `…_initializer`, `…_regularizer` and `…_constraint`. */
export const identifiers: Check = (construction) =>
  parts.some(
    (part) =>
      namedObject(construction, `${part}_initializer`, initializerNames, '{layer}: there is no initializer {actual}') ||
      namedObject(construction, `${part}_regularizer`, regularizerNames, '{layer}: there is no regularizer {actual}') ||
      namedObject(construction, `${part}_constraint`, constraintNames, '{layer}: there is no constraint {actual}'),
  );

function namedObject(construction: Construction, argument: string, names: ReadonlySet<string>, refused: Template): boolean {
  const value = construction.args.get(argument);
  if (value.kind === 'str' ? names.has(value.value) : value.kind !== 'int' && value.kind !== 'float' && value.kind !== 'bool') return false;
  return refuseArgument(
    construction,
    argument,
    message(refused, { layer: construction.className, actual: shown(construction, value) }),
  );
}

/** A stride and a dilation that are both more than 1. */
export function notBothStridedAndDilated(count: number): Check {
  return (construction) => {
    const isMoreThanOne = (argument: string): boolean => {
      const numbers = integersOf(construction.args.get(argument), count);
      return numbers !== undefined && numbers !== 'refused' && numbers.some((number) => dimBounds(number).low > 1);
    };
    if (!isMoreThanOne('strides') || !isMoreThanOne('dilation_rate')) return false;
    return refuseArgument(
      construction,
      'dilation_rate',
      message('{layer} takes strides or a dilation rate above 1, not both: strides={strides}, dilation_rate={dilation}', {
        layer: construction.className,
        strides: shown(construction, construction.args.get('strides')),
        dilation: shown(construction, construction.args.get('dilation_rate')),
      }),
    );
  };
}

/** `groups` must divide `filters`. */
export const groupsDivideFilters: Check = (construction) => {
  const [filters, groups] = [construction.args.int('filters'), construction.args.int('groups')];
  if (filters === undefined || groups === undefined || divides(groups, filters) !== false) return false;
  return refuseArgument(
    construction,
    'groups',
    message('{layer}: the number of groups must divide the number of filters, got {groups} groups and {filters} filters', {
      layer: construction.className,
      groups: shown(construction, construction.args.get('groups')),
      filters: shown(construction, construction.args.get('filters')),
    }),
  );
};

/** An int or a tuple or list of them. `nothingElse`: Keras asks for the type; otherwise only what cannot index is refused. */
export function axisArgument(argument: string): Check {
  return (construction) => {
    const value = construction.args.get(argument);
    const items = itemsOf(value) ?? [value];
    return (
      items.some((item) => isNoInteger(item)) &&
      !(value.kind === 'list' && value.open) &&
      expected(construction, argument, message('an integer or a tuple of integers'))
    );
  };
}
