// What a declaration's functions are given about the module being built or called. It must not know any single module.
import { unknownShape } from '../../tensors/shape.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import { argumentsOf } from '../../values/arguments.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { defaultDType, dtypeArgument } from './library.ts';
import type { ModuleConstruction } from './module-declaration.ts';
import type { ModuleState } from './module-state.ts';

/** Classes of torch.nn by name, filled by module-class.ts. */
const classes = new Map<string, ClassValue>();
export function registerModuleClass(cls: ClassValue): void { classes.set(cls.name, cls); }
export function moduleClassNamed(name: string): ClassValue | undefined { return classes.get(name); }

export function constructionOf(interpreter: Interpreter, self: InstanceValue, state: ModuleState, args: BoundArguments, place: Place, className: string): ModuleConstruction {
  const current = asAttributesAre(args, self);
  const asked = args.get('dtype');
  return {
    interpreter, args: current, place, self, className, layer: state.layer,
    dtype: asked.kind === 'none' ? defaultDType(interpreter).dtype : dtypeArgument(asked),
    inputShape: unknownShape,
    refuse(text, options = {}) {
      state.refused = true;
      const argument = options.argument;
      interpreter.refuse({
        rule: options.rule ?? 'invalid-argument', message: text, layer: state.layer, exception: options.exception ?? 'ValueError',
        place: (argument === undefined ? undefined : args.place(argument)) ?? place, related: options.related ?? [], fixes: options.fixes ?? [],
      });
    },
    make(name, positional, keywords = {}): Value {
      const cls = classes.get(name);
      return cls === undefined ? unknown() : interpreter.call(cls, argumentsOf(positional, keywords), place);
    },
  };
}

/** The arguments, where an attribute of the same name says otherwise that one: `conv.stride = (1, 1)` changes what the module does. */
function asAttributesAre(args: BoundArguments, self: InstanceValue): BoundArguments {
  const get = (name: string): Value => {
    const attribute = self.attributes.get(name);
    return attribute === undefined || attribute.kind === 'tensor' ? args.get(name) : attribute;
  };
  return {
    ...args, get,
    int: (name) => { const value = get(name); return value.kind === 'int' ? value.value : undefined; },
    number: (name) => { const value = get(name); return value.kind === 'int' && typeof value.value === 'number' ? value.value : undefined; },
    real: (name) => { const value = get(name); return value.kind === 'float' ? value.value : value.kind === 'int' && typeof value.value === 'number' ? value.value : undefined; },
    str: (name) => { const value = get(name); return value.kind === 'str' ? value.value : undefined; },
    flag: (name) => { const value = get(name); return value.kind === 'bool' ? value.value : undefined; },
    isNone: (name) => get(name).kind === 'none',
  };
}
