// The modules types and inspect: what they do to objects, functions and signatures. It must not know how functions are called.
import type { Catalogue } from '../catalogue.ts';
import type { Signature } from '../../values/arguments.ts';
import { lookUpInClass, nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, DictValue, Value } from '../../values/value.ts';
import { bool, instance, int, list, maybeBool, none, str, tuple, unknown } from '../../values/value.ts';
import { builtinClasses } from './classes.ts';
import { orderedDictClass } from './collections-modules.ts';
import { typeNameOf, unknownOf } from './support.ts';

// types

const namespaceClass: ClassValue = nativeClass({
  name: 'SimpleNamespace',
  qualifiedName: 'types.SimpleNamespace',
  hasUnknownBase: false,
  members: {
    __init__: nativeMethod('__init__', 'self, /, **kwargs', ({ args }) => {
      const self = args.get('self');
      if (self.kind === 'instance') for (const keyword of args.restKeywords) setInstanceAttribute(self, keyword.name, keyword.value);
      return none;
    }),
    __repr__: nativeMethod('__repr__', 'self', ({ interpreter, args, place }) => {
      const self = args.get('self');
      if (self.kind !== 'instance') return unknownOf('str');
      const texts = [...self.attributes].map(([name, value]) => {
        const text = interpreter.representation(value, place);
        return text === undefined ? undefined : `${name}=${text}`;
      });
      return texts.includes(undefined) ? unknownOf('str') : str(`namespace(${texts.join(', ')})`);
    }),
    __eq__: nativeMethod('__eq__', 'self, other', ({ args }) => (args.get('self') === args.get('other') ? bool(true) : unknownOf('bool'))),
  },
  // `SimpleNamespace(**unknown)` may have any attribute.
  missingAttribute: () => undefined,
});

const methodType: ClassValue = nativeClass({
  name: 'method',
  qualifiedName: 'types.MethodType',
  bases: [builtinClasses['method']].flatMap((one) => one ?? []),
  construct: ({ args: { raw } }) => {
    const [callable, self] = raw.positional;
    return callable === undefined || self === undefined ? unknown() : { kind: 'bound-method', self: self.value, callable: callable.value };
  },
});

// inspect

const emptyClass = nativeClass({ name: '_empty', qualifiedName: 'inspect._empty' });
const kindNames = { 'positional-only': 0, 'positional-or-keyword': 1, star: 2, 'keyword-only': 3, 'double-star': 4 } as const;
const parameterClass: ClassValue = nativeClass({
  name: 'Parameter',
  qualifiedName: 'inspect.Parameter',
  members: {
    empty: emptyClass,
    POSITIONAL_ONLY: int(0),
    POSITIONAL_OR_KEYWORD: int(1),
    VAR_POSITIONAL: int(2),
    KEYWORD_ONLY: int(3),
    VAR_KEYWORD: int(4),
  },
});
const signatureClass: ClassValue = nativeClass({ name: 'Signature', qualifiedName: 'inspect.Signature', members: { empty: emptyClass } });

interface ParameterFacts {
  readonly name: string;
  readonly kind: keyof typeof kindNames;
  readonly default: Value | undefined;
}

/** The parameters of something callable, without `self` where it is bound; undefined when not known. */
function parametersOf(interpreter: Interpreter, value: Value, place: Place): readonly ParameterFacts[] | undefined {
  switch (value.kind) {
    case 'function': {
      const wrapped = value.attributes.get('__wrapped__');
      if (wrapped !== undefined) return parametersOf(interpreter, wrapped, place);
      return value.node.parameters.all
        .filter((one) => one.name.text !== '')
        .map((one) => ({
          name: one.name.text,
          kind: one.kind,
          default: one.default === undefined ? undefined : (value.defaults.get(one.name.text) ?? unknown()),
        }));
    }
    case 'native':
      return value.signature?.parameters;
    case 'bound-method':
      return parametersOf(interpreter, value.callable, place)?.slice(1);
    case 'staticmethod':
    case 'classmethod':
      return parametersOf(interpreter, value.callable, place);
    case 'class': {
      const maker = value.mro.find((base) => base.construct !== undefined || base.namespace.has('__init__'));
      if (maker?.construct !== undefined) return (maker.constructSignature as Signature | undefined)?.parameters;
      const init = lookUpInClass(value, '__init__');
      return init === undefined || init.owner.qualifiedName === 'builtins.object'
        ? undefined
        : parametersOf(interpreter, init.value, place)?.slice(1);
    }
    case 'instance': {
      const method = lookUpInClass(value.cls, '__call__');
      return method === undefined ? undefined : parametersOf(interpreter, method.value, place)?.slice(1);
    }
    default:
      return undefined;
  }
}

function signature(interpreter: Interpreter, callee: Value, place: Place): Value {
  const parameters = parametersOf(interpreter, callee, place);
  if (parameters === undefined) return unknown(undefined, 'Signature');
  const entries: DictValue['entries'] = new Map(
    parameters.map((parameter) => {
      const made = instance(parameterClass);
      for (const [name, value] of [
        ['name', str(parameter.name)],
        ['kind', int(kindNames[parameter.kind])],
        ['default', parameter.default ?? emptyClass],
        ['annotation', unknown()],
      ] as const)
        made.attributes.set(name, value);
      return [`s:${parameter.name}`, { key: str(parameter.name), value: made }];
    }),
  );
  const made = instance(signatureClass);
  made.attributes.set('parameters', { kind: 'dict', entries, open: false, cls: orderedDictClass });
  made.attributes.set('return_annotation', unknown());
  return made;
}

function kindTest(name: string, test: (value: Value) => boolean): Value {
  return nativeFunction(name, 'object', ({ args }) => {
    const value = args.get('object');
    return maybeBool(value.kind === 'unknown' ? undefined : test(value));
  });
}

const isPlainFunction = (value: Value): boolean => value.kind === 'function';
const isBuiltinFunction = (value: Value): boolean => value.kind === 'native' && !value.isMethod;

export const objectModules: Catalogue['modules'] = {
  types: () => ({
    SimpleNamespace: namespaceClass,
    FunctionType: builtinClasses['function'] ?? unknown(),
    LambdaType: builtinClasses['function'] ?? unknown(),
    MethodType: methodType,
    BuiltinFunctionType: builtinClasses['builtin_function_or_method'] ?? unknown(),
    BuiltinMethodType: builtinClasses['builtin_function_or_method'] ?? unknown(),
    ModuleType: builtinClasses['module'] ?? unknown(),
    NoneType: builtinClasses['NoneType'] ?? unknown(),
    EllipsisType: builtinClasses['ellipsis'] ?? unknown(),
    GeneratorType: builtinClasses['generator'] ?? unknown(),
    MappingProxyType: nativeFunction('mappingproxy', 'mapping', ({ args }) => args.get('mapping')),
  }),
  inspect: () => ({
    signature: nativeFunction('signature', 'obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False', ({ interpreter, args, place }) =>
      signature(interpreter, args.get('obj'), place),
    ),
    getfullargspec: nativeFunction('getfullargspec', 'func', ({ interpreter, args, place }) => {
      const parameters = parametersOf(interpreter, args.get('func'), place);
      if (parameters === undefined) return unknown();
      const made = instance(nativeClass({ name: 'FullArgSpec', qualifiedName: 'inspect.FullArgSpec' }));
      const named = (kind: ParameterFacts['kind']): Value => {
        const found = parameters.find((one) => one.kind === kind);
        return found === undefined ? none : str(found.name);
      };
      const positional = parameters.filter((one) => one.kind === 'positional-or-keyword' || one.kind === 'positional-only'),
        keywordOnly = parameters.filter((one) => one.kind === 'keyword-only');
      made.attributes.set('args', list(positional.map((one) => str(one.name))));
      made.attributes.set('varargs', named('star'));
      made.attributes.set('varkw', named('double-star'));
      const defaults = positional.flatMap((one) => one.default ?? []);
      made.attributes.set('defaults', defaults.length === 0 ? none : tuple(defaults));
      made.attributes.set('kwonlyargs', list(keywordOnly.map((one) => str(one.name))));
      return made;
    }),
    Parameter: parameterClass,
    Signature: signatureClass,
    _empty: emptyClass,
    isclass: kindTest('isclass', (value) => value.kind === 'class'),
    isfunction: kindTest('isfunction', isPlainFunction),
    ismethod: kindTest('ismethod', (value) => value.kind === 'bound-method' && value.callable.kind === 'function'),
    isbuiltin: kindTest('isbuiltin', isBuiltinFunction),
    isroutine: kindTest('isroutine', (value) => isPlainFunction(value) || value.kind === 'native' || value.kind === 'bound-method'),
    ismodule: kindTest('ismodule', (value) => value.kind === 'module'),
    isgenerator: kindTest('isgenerator', (value) => typeNameOf(value) === 'generator'),
    isabstract: nativeFunction('isabstract', 'object', () => unknownOf('bool')),
    getmembers: nativeFunction('getmembers', undefined, () => list([], true)),
    getsource: nativeFunction('getsource', undefined, () => unknownOf('str')),
    getfile: nativeFunction('getfile', undefined, () => unknownOf('str')),
    getdoc: nativeFunction('getdoc', undefined, () => unknown()),
    cleandoc: nativeFunction('cleandoc', undefined, () => unknownOf('str')),
    getmodule: nativeFunction('getmodule', undefined, () => unknown()),
    getmro: nativeFunction('getmro', 'cls', ({ args }) => {
      const cls = args.get('cls');
      return cls.kind === 'class' ? tuple(cls.mro) : unknownOf('tuple');
    }),
    unwrap: nativeFunction('unwrap', 'func, *, stop=None', ({ args }) => args.get('func')),
  }),
};
