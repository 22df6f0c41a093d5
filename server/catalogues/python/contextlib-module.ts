// The module contextlib. A context manager made of a generator keeps it, so that the evaluator can run the block where it yields.
// It must not know how a `with` statement runs.
import type { Catalogue } from '../catalogue.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, IteratorValue, Value } from '../../values/value.ts';
import { instance, maybeBool, none, tuple, unknown } from '../../values/value.ts';
import { isInstance } from './builtins.ts';
import { nextItem } from './objects.ts';

const managerSlot = defineSlot<Value>('context value');

/** A context manager that hands out a value and does nothing at the end. */
function manager(name: string, value: (given: readonly Value[]) => Value): ClassValue {
  return nativeClass({
    name,
    qualifiedName: `contextlib.${name}`,
    construct: ({ args: { raw } }, cls) => {
      const made = instance(cls);
      managerSlot.set(made, value(raw.positional.concat(raw.keywords).map((one) => one.value)));
      return made;
    },
    members: {
      __enter__: nativeMethod('__enter__', 'self', ({ args }) => managerSlot.get(args.get('self')) ?? unknown()),
      __exit__: nativeMethod('__exit__', 'self, *args', () => none),
      __call__: nativeMethod('__call__', 'self, func', ({ args }) => args.get('func')),
    },
  });
}

/** The generator behind a context manager that has not been entered. The evaluator runs the block where it yields. */
export function managedGenerator(value: Value): IteratorValue | undefined {
  const generator = generatorSlot.get(value);
  return generator !== undefined && generator.taken === undefined ? generator : undefined;
}
const generatorSlot = defineSlot<IteratorValue>('generator of a context manager');

/** Entered by hand, the generator runs to its end at once: what stands behind its `yield` is done too early. */
const generatorManager: ClassValue = nativeClass({
  name: '_GeneratorContextManager',
  qualifiedName: 'contextlib._GeneratorContextManager',
  members: {
    __enter__: nativeMethod('__enter__', 'self', ({ args }) => {
      const generator = generatorSlot.get(args.get('self'));
      return generator === undefined ? unknown() : (nextItem(generator) ?? none);
    }),
    __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    __call__: nativeMethod('__call__', 'self, func', ({ args }) => args.get('func')),
  },
});

const contextManager = nativeFunction('contextmanager', 'func', ({ args }) => {
  const callee = args.get('func');
  // A method keeps being one: it is bound like the function that it wraps.
  return nativeMethod(callee.kind === 'function' ? callee.name : 'contextmanager', undefined, ({ interpreter, args: { raw }, place }) => {
    const generator = interpreter.call(callee, raw, place);
    const made = instance(generatorManager);
    if (generator.kind === 'iterator') generatorSlot.set(made, generator);
    return made;
  });
});

const suppressSlot = defineSlot<readonly Value[]>('suppressed exceptions');
const suppressClass: ClassValue = nativeClass({
  name: 'suppress',
  qualifiedName: 'contextlib.suppress',
  construct: ({ args: { raw } }, cls) => {
    const made = instance(cls);
    suppressSlot.set(
      made,
      raw.positional.map((one) => one.value),
    );
    return made;
  },
  members: {
    __enter__: nativeMethod('__enter__', 'self', () => none),
    __exit__: nativeMethod('__exit__', 'self, type, value, traceback', ({ interpreter, args }) => {
      const value = args.get('value');
      if (value.kind === 'none') return none;
      return maybeBool(isInstance(interpreter, value, tuple(suppressSlot.get(args.get('self')) ?? [])));
    }),
  },
});

/** The exceptions that a context manager certainly keeps to itself. */
export function suppressedBy(manager: Value): readonly Value[] | undefined {
  return suppressSlot.get(manager);
}

const exitStackClass: ClassValue = nativeClass({
  name: 'ExitStack',
  qualifiedName: 'contextlib.ExitStack',
  members: {
    __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')),
    __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    enter_context: nativeMethod('enter_context', 'self, cm', ({ interpreter, args, place }) => {
      const entered = args.get('cm');
      return entered.kind === 'unknown' || interpreter.lookUpAttribute(entered, '__enter__', place) === undefined
        ? unknown()
        : interpreter.callMethod(entered, '__enter__', [], place);
    }),
    callback: nativeMethod('callback', undefined, ({ args: { raw } }) => raw.positional[1]?.value ?? none),
    push: nativeMethod('push', 'self, exit', ({ args }) => args.get('exit')),
    pop_all: nativeMethod('pop_all', 'self', ({ args }) => args.get('self')),
    close: nativeMethod('close', 'self', () => none),
  },
});

const plainManager = (name: string): ClassValue =>
  nativeClass({
    name,
    qualifiedName: `contextlib.${name}`,
    members: {
      __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')),
      __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    },
  });

export const contextlibModules: Catalogue['modules'] = {
  contextlib: () => ({
    contextmanager: contextManager,
    asynccontextmanager: contextManager,
    suppress: suppressClass,
    ExitStack: exitStackClass,
    AsyncExitStack: exitStackClass,
    nullcontext: manager('nullcontext', (given) => given[0] ?? none),
    closing: manager('closing', (given) => given[0] ?? none),
    redirect_stdout: manager('redirect_stdout', (given) => given[0] ?? none),
    redirect_stderr: manager('redirect_stderr', (given) => given[0] ?? none),
    chdir: manager('chdir', () => none),
    AbstractContextManager: plainManager('AbstractContextManager'),
    AbstractAsyncContextManager: plainManager('AbstractAsyncContextManager'),
    ContextDecorator: plainManager('ContextDecorator'),
  }),
};
