// What a declaration's functions are given about the module being built or called. It must not know any single module.
import type { DType } from '../../tensors/dtype.ts';
import { type Shape, unknownShape } from '../../tensors/shape.ts';
import type { Layer } from '../../trace/trace.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import { argumentsOf, withValues } from '../../values/arguments.ts';
import type { Interpreter, RefusalInput } from '../../values/interpreter.ts';
import type { Message, Place } from '../../values/place.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { defaultDType, dtypeArgument } from './library.ts';
import type { ModuleConstruction, RefuseOptions } from './module-declaration.ts';
import type { ModuleState } from './module-state.ts';

/** Classes of torch.nn by name, filled by module-class.ts. */
const classes = new Map<string, ClassValue>();
export function registerModuleClass(cls: ClassValue): void {
  classes.set(cls.name, cls);
}
export function moduleClassNamed(name: string): ClassValue | undefined {
  return classes.get(name);
}

/**
 * What a declaration's functions are given. A class, and not functions made anew each time: every call of a module makes one. Its methods need
 * it as `this`: `construction.refuse(…)`.
 */
export class Construction implements ModuleConstruction {
  readonly interpreter: Interpreter;
  readonly args: BoundArguments;
  readonly place: Place;
  readonly self: InstanceValue;
  protected readonly state: ModuleState;
  private readonly given: BoundArguments;

  constructor(interpreter: Interpreter, self: InstanceValue, state: ModuleState, args: BoundArguments, place: Place) {
    this.interpreter = interpreter;
    this.args = asAttributesAre(args, self);
    this.place = place;
    this.self = self;
    this.state = state;
    this.given = args;
  }

  get className(): string {
    return this.self.cls.name;
  }
  get layer(): Layer {
    return this.state.layer;
  }
  get inputShape(): Shape {
    return unknownShape;
  }

  get dtype(): DType | undefined {
    const asked = this.given.get('dtype');
    return asked.kind === 'none' ? defaultDType(this.interpreter).dtype : dtypeArgument(asked);
  }

  refuse(text: Message, options: RefuseOptions = {}): void {
    this.state.refused = true;
    this.report(text, options, 'invalid-argument', 'ValueError', options.argument === undefined ? undefined : this.given.place(options.argument), []);
  }

  protected report(
    text: Message,
    options: RefuseOptions,
    rule: string,
    exception: string,
    at: Place | undefined,
    related: RefusalInput['related'],
  ): void {
    this.interpreter.refuse({
      rule: options.rule ?? rule,
      message: text,
      layer: this.layer,
      exception: options.exception ?? exception,
      place: at ?? this.place,
      related: options.related ?? related ?? [],
      fixes: options.fixes ?? [],
    });
  }

  make(name: string, positional: readonly Value[], keywords: Readonly<Record<string, Value>> = {}): Value {
    const cls = classes.get(name);
    return cls === undefined ? unknown() : this.interpreter.call(cls, argumentsOf(positional, keywords), this.place);
  }
}

/** The arguments, where an attribute of the same name says otherwise that one: `conv.stride = (1, 1)` changes what the module does. */
function asAttributesAre(args: BoundArguments, self: InstanceValue): BoundArguments {
  return withValues(args, (name) => {
    const attribute = self.attributes.get(name);
    return attribute === undefined || attribute.kind === 'tensor' ? args.get(name) : attribute;
  });
}
