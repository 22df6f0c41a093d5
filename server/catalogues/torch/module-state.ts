// What is kept behind every nn.Module object: its record in the trace, its constructor's arguments, which attributes are buffers.
// Parameters and modules are the attributes themselves. It must not know what any module computes.
import type { DType } from '../../tensors/dtype.ts';
import type { Layer, LayerArgument, LayerCall, Model, ModelRow, Weight } from '../../trace/trace.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import { defineRunState } from '../../values/classes.ts';
import type { Copier, Matcher } from '../../values/copier.ts';
import { deleteInstanceAttribute, setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { mayLackAny, mayLackAttribute } from '../../values/maybe-attributes.ts';
import type { Place } from '../../values/place.ts';
import { noteArrayChange, noteObjectChange, registerReplayedState } from '../../values/recorder.ts';
import { defineSlot, plainContent, type Slot } from '../../values/slots.ts';
import type { ClassValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { isParameter, parameterSlot } from './parameters.ts';

/** The record of a module, which is told its constructor's arguments once they are bound. */
export interface RecordedLayer extends Layer {
  keepArguments(names: readonly string[], args: BoundArguments): void;
}

export interface ModuleState {
  readonly layer: RecordedLayer;
  /** The constructor's arguments; undefined for a class of the program. */
  args: BoundArguments | undefined;
  /** The constructor's arguments were refused: nothing more is said of it. */
  refused: boolean;
  /** A lazy module's parameters are not made yet. */
  waits: boolean;
  /** The element type that they will have. */
  lateType?: DType | undefined;
  /** It holds members that are not known. */
  readonly isOpen?: boolean | undefined;
}

export const moduleSlot: Slot<ModuleState> = defineSlot<ModuleState>(
  'torch module',
  (left, right) => (left && right ? { ...right, isOpen: left.isOpen === true || right.isOpen === true } : undefined),
  { matches: statesMatch, copy: copyState },
);
/** Names of attributes that are buffers, and whether `state_dict` lists them. */
const bufferSlot = defineSlot<ReadonlyMap<string, boolean>>(
  'torch buffers',
  (left, right) => new Map([...(left ?? []), ...(right ?? [])]),
  plainContent,
);

interface TorchRun {
  layerCount: number;
  /** The modules that are being called, outermost first. */
  readonly calls: LayerCall[];
  /** Modules that stand inside another one, and the first that took each in. */
  readonly holders: Map<Layer, Layer>;
  /** Modules of which copies were made: it is the copies that the program runs. */
  readonly copied: Set<Layer>;
  /** Modules that were built on some path of an undecided condition: their arguments may never meet in a run. */
  readonly undecided: Set<Layer>;
}
export const torchRun = defineRunState<TorchRun>(() => ({ layerCount: 0, calls: [], holders: new Map(), copied: new Set(), undecided: new Set() }));

// What calls that are done over again leave here: numbers of modules, and which stands inside which.
registerReplayedState({
  conditions: (interpreter) => [torchRun(interpreter).calls.length === 0, torchRun(interpreter).calls.at(-1) === interpreter.trace.openCalls.at(-1)],
  begin: (interpreter) => ({ layers: torchRun(interpreter).layerCount, copied: torchRun(interpreter).copied.size }),
  counts: (interpreter) => torchRun(interpreter).layerCount,
  end: (interpreter, begun, layers, copier) => {
    const run = torchRun(interpreter);
    if ((begun as { copied: number }).copied !== run.copied.size) copier.fail('a module is copied');
    const holders: (readonly [Layer, Layer])[] = [];
    for (const layer of layers) {
      const holder = run.holders.get(layer);
      if (holder !== undefined) holders.push([copier.known(layer), copier.known(holder)]);
    }
    const made = run.layerCount - (begun as { layers: number }).layers;
    return (replayed) => {
      const now = torchRun(interpreter);
      now.layerCount += made;
      for (const [layer, holder] of holders) now.holders.set(replayed.known(layer), replayed.known(holder));
    };
  },
});

/** The record of a module whose constructor begins. */
export function createModuleState(interpreter: Interpreter, self: InstanceValue, place: Place): ModuleState {
  const known = moduleSlot.get(self);
  if (known !== undefined) return known;
  const run = torchRun(interpreter);
  run.layerCount += 1;
  const layer = new ModuleLayer(run.layerCount, interpreter, self, self.origin?.place ?? place);
  const state: ModuleState = { layer, args: undefined, refused: false, waits: false };
  layer.state = state;
  moduleSlot.set(self, state);
  if (interpreter.isUncertain) run.undecided.add(layer);
  if (!interpreter.isQuiet) interpreter.trace.layers.push(layer);
  return state;
}

/** Whether two modules are alike, as far as what they do hangs on it. */
function statesMatch(recorded: ModuleState, actual: ModuleState, matcher: Matcher): boolean {
  if (recorded.refused || actual.refused || recorded.waits || actual.waits || recorded.isOpen === true || actual.isOpen === true) return false;
  if (recorded.lateType !== actual.lateType || (recorded.args === undefined) !== (actual.args === undefined)) return false;
  if (recorded.args !== undefined && actual.args !== undefined && recorded.args !== actual.args && !matcher.arguments(recorded.args.raw, actual.args.raw, true)) return false;
  matcher.pairs.set(recorded, actual);
  return matcher.pair(recorded.layer, actual.layer);
}

function copyState(state: ModuleState, copier: Copier): ModuleState {
  const known = copier.made.get(state) as ModuleState | undefined;
  if (known !== undefined) return known;
  const { refused, waits, lateType, isOpen } = state;
  if (refused || waits || isOpen === true || !(state.layer instanceof ModuleLayer)) return copier.fail('a module that is not whole');
  const layer = state.layer.copyWith(copier);
  const made: ModuleState = copier.keep(state, { layer, args: state.args && copier.bound(state.args), refused, waits, lateType });
  if (state.layer.state === state) layer.state = made;
  return made;
}

const classNames = new WeakMap<ClassValue, readonly string[]>();
function classNamesOf(cls: ClassValue): readonly string[] {
  let names = classNames.get(cls);
  if (names === undefined) {
    names = cls.mro.slice(0, -1).map((one) => one.name);
    classNames.set(cls, names);
  }
  return names;
}

/** A module as the trace shows it: its weights and children are what its attributes are by then. A class, since models have thousands. */
class ModuleLayer implements RecordedLayer {
  readonly id: number;
  readonly framework = 'torch';
  name: string;
  readonly place: Place;
  readonly callers: readonly Place[];
  private named: Map<string, LayerArgument> | undefined = undefined;
  private bound: { readonly names: readonly string[]; readonly args: BoundArguments } | undefined = undefined;
  built = true;
  trainable = true;
  readonly instance: InstanceValue;
  readonly calls: LayerCall[] = [];
  model: Model | undefined = undefined;
  /** As it began; the present one stands in the instance's slot, unless that was undone. */
  state: ModuleState | undefined = undefined;

  constructor(id: number, interpreter: Interpreter, self: InstanceValue, place: Place) {
    this.id = id;
    this.name = self.cls.name;
    this.place = place;
    this.callers = interpreter
      .callers()
      .filter((caller) => !(caller.source === place.source && caller.start === place.start && caller.end === place.end));
    this.instance = self;
  }

  /** The same module for another object. Its calls are told by those who make them. */
  copyWith(copier: Copier): ModuleLayer {
    const known = copier.made.get(this) as ModuleLayer | undefined;
    if (known !== undefined) return known;
    const made = copier.keep(this, Object.create(ModuleLayer.prototype) as ModuleLayer);
    const { name, place, framework, built, trainable } = this;
    // Of what a call is given, nobody asks where it was made.
    const callers = copier.isOfGiven ? [] : this.callers;
    const fields = {
      id: this.id + copier.shifts.layers,
      framework,
      name,
      place: copier.place(place),
      callers: callers.map((caller) => copier.place(caller)),
      named: undefined,
      bound: copier.isOfGiven ? undefined : this.bound && { names: this.bound.names, args: copier.bound(this.bound.args) },
      built,
      trainable,
      instance: copier.value(this.instance),
      calls: [],
      model: undefined,
      state: undefined,
    };
    Object.assign(made, fields);
    if (this.model !== undefined && !copier.isOfGiven) made.model = modelOf(made);
    return made;
  }

  /** The constructor's arguments, listed when someone asks for them. */
  keepArguments(names: readonly string[], args: BoundArguments): void {
    this.bound = { names, args };
  }
  get arguments(): ReadonlyMap<string, LayerArgument> {
    if (this.named === undefined) {
      this.named = new Map();
      if (this.bound !== undefined)
        for (const name of this.bound.names) this.named.set(name, { value: this.bound.args.get(name), place: this.bound.args.place(name) });
    }
    return this.named;
  }

  // A lazy module has another class behind its first call.
  get className(): string {
    return this.instance.cls.name;
  }
  get classNames(): readonly string[] {
    return classNamesOf(this.instance.cls);
  }

  get weights(): Weight[] {
    return weightsOf(this.instance);
  }
  set weights(_weights: Weight[]) {
    throw new Error('a module has the weights that its attributes are');
  }

  children(): readonly Layer[] {
    const layers: Layer[] = [];
    for (const value of this.instance.attributes.values()) {
      const layer = value.kind === 'instance' ? moduleSlot.get(value)?.layer : undefined;
      if (layer !== undefined) layers.push(layer);
    }
    return layers;
  }

  mayHold(child: Layer): boolean {
    const { instance } = this;
    if (!mayLackAny(instance) && instance.attributes.get(child.name) === child.instance) return false;
    for (const [name, value] of instance.attributes) if (value === child.instance && !mayLackAttribute(instance, name)) return false;
    return true;
  }

  get incomplete(): boolean {
    const state = moduleSlot.get(this.instance) ?? this.state;
    return (state !== undefined && (state.waits || state.refused || state.isOpen === true)) || hasUnknownMembers(this.instance);
  }
  set incomplete(value: boolean) {
    if (value) markOpen(this.instance);
  }
}

/** What the views list as a model: a class of the program, or a container. `trace.models` holds it until another module takes it in. */
export function presentAsModel(interpreter: Interpreter, state: ModuleState): void {
  const { layer } = state;
  if (layer.model !== undefined || interpreter.isQuiet) return;
  const model = modelOf(layer);
  layer.model = model;
  interpreter.trace.models.push(model);
}

function modelOf(layer: Layer): Model {
  return {
    layer,
    kind: 'subclassed',
    get layers() {
      return rowsOf(layer);
    },
    set layers(_rows) {
      throw new Error('the rows of a module are the modules that it holds');
    },
    get inputs() {
      const input = layer.calls[0]?.input;
      return input?.kind === 'tensor' ? [input] : [];
    },
    get outputs() {
      return layer.calls[0]?.output;
    },
    set outputs(_value) {
      throw new Error('the outputs of a module are those of its calls');
    },
    get complete() {
      return !layer.incomplete;
    },
    set complete(_value) {
      throw new Error('a module is complete when it holds nothing unknown');
    },
    variableNames: [],
  };
}

/** The modules inside it that hold no others or have parameters of their own, under their dotted names, in the order of registration. */
function rowsOf(layer: Layer): readonly ModelRow[] {
  const rows: ModelRow[] = [];
  const seen = new Set<InstanceValue>([layer.instance]);
  const visit = (instance: InstanceValue, prefix: string): void => {
    for (const [name, child] of childrenOf(instance)) {
      if (seen.has(child)) continue;
      seen.add(child);
      const state = moduleSlot.get(child);
      if (state === undefined) continue;
      const isLeaf = !hasChildren(child);
      if (isLeaf || hasParameters(child))
        rows.push({ layer: rowLayer(state.layer, `${prefix}${name}`, isLeaf), call: state.layer.calls[0], inbound: [] });
      if (!isLeaf) visit(child, `${prefix}${name}.`);
    }
  };
  visit(layer.instance, '');
  if (rows.length === 0 && (hasParameters(layer.instance) || layer.calls.length > 0)) rows.push({ layer, call: layer.calls[0], inbound: [] });
  return rows;
}

const noLayers: readonly Layer[] = [];

/** A row for a module with others inside counts its own parameters alone: the others have their own rows. */
function rowLayer(layer: Layer, name: string, isLeaf: boolean): Layer {
  return new RowLayer(layer, name, isLeaf);
}

class RowLayer implements Layer {
  readonly name: string;
  private readonly layer: Layer;
  private readonly isLeaf: boolean;

  constructor(layer: Layer, name: string, isLeaf: boolean) {
    this.layer = layer;
    this.name = name;
    this.isLeaf = isLeaf;
  }

  get id(): number {
    return this.layer.id;
  }
  get framework(): Layer['framework'] {
    return this.layer.framework;
  }
  get className(): string {
    return this.layer.className;
  }
  get classNames(): readonly string[] {
    return this.layer.classNames;
  }
  get place(): Place | undefined {
    return this.layer.place;
  }
  get callers(): readonly Place[] {
    return this.layer.callers;
  }
  get arguments(): ReadonlyMap<string, LayerArgument> {
    return this.layer.arguments;
  }
  get weights(): Weight[] {
    return this.layer.weights;
  }
  get built(): boolean {
    return this.layer.built;
  }
  get trainable(): boolean {
    return this.layer.trainable;
  }
  get instance(): InstanceValue {
    return this.layer.instance;
  }
  get calls(): LayerCall[] {
    return this.layer.calls;
  }
  get model(): Model | undefined {
    return this.layer.model;
  }
  get incomplete(): boolean {
    return this.layer.incomplete;
  }
  children(): readonly Layer[] {
    return this.isLeaf ? this.layer.children() : noLayers;
  }
  mayHold(child: Layer): boolean {
    return this.layer.mayHold?.(child) === true;
  }
}

function weightsOf(self: InstanceValue): Weight[] {
  const buffers = bufferSlot.get(self);
  const weights: Weight[] = [];
  for (const [name, value] of self.attributes) {
    if (value.kind !== 'tensor') continue;
    const weight = parameterSlot.get(value);
    if (weight !== undefined) weights.push(weight);
    else if (buffers?.has(name) === true) weights.push({ name, shape: value.shape, dtype: value.dtype, trainable: false, isBuffer: true });
  }
  return weights;
}

export function ownParameters(self: InstanceValue): readonly (readonly [string, TensorValue])[] {
  const found: [string, TensorValue][] = [];
  for (const [name, value] of self.attributes) if (isParameter(value)) found.push([name, value]);
  return found;
}

function hasParameters(self: InstanceValue): boolean {
  for (const value of self.attributes.values()) if (isParameter(value)) return true;
  return false;
}

export function ownBuffers(self: InstanceValue): readonly (readonly [string, TensorValue, boolean])[] {
  const names = bufferSlot.get(self);
  if (names === undefined) return [];
  return [...self.attributes].flatMap(([name, value]) => {
    const isPersistent = names.get(name);
    return isPersistent === undefined || value.kind !== 'tensor' ? [] : [[name, value, isPersistent] as const];
  });
}

/** As it was registered; True for one that is not. */
export function isPersistentBuffer(self: InstanceValue, name: string): boolean {
  return bufferSlot.get(self)?.get(name) ?? true;
}

export function markBuffer(self: InstanceValue, name: string, isPersistent: boolean): void {
  bufferSlot.set(self, new Map(bufferSlot.get(self) ?? []).set(name, isPersistent));
}

/** The modules that its attributes are, by name, in order. */
export function childrenOf(self: InstanceValue): readonly (readonly [string, InstanceValue])[] {
  const found: [string, InstanceValue][] = [];
  for (const [name, value] of self.attributes) if (isModule(value)) found.push([name, value]);
  return found;
}

function hasChildren(self: InstanceValue): boolean {
  for (const value of self.attributes.values()) if (isModule(value)) return true;
  return false;
}

export function isModule(value: Value | undefined): value is InstanceValue {
  return value?.kind === 'instance' && moduleSlot.get(value) !== undefined;
}

/** What a container holds, by name, in order. Other attributes of a subclass are none of it. */
export function membersOf(self: InstanceValue): readonly (readonly [string, Value])[] {
  return [...self.attributes].filter(([name, value]) => isModule(value) || isParameter(value) || value.kind === 'unknown' || isPosition(name));
}

function isPosition(name: string): boolean {
  return name !== '' && [...name].every((digit) => digit >= '0' && digit <= '9');
}

/** From here on it may hold more than is known. */
export function markOpen(self: InstanceValue): void {
  const state = moduleSlot.get(self);
  if (state !== undefined) moduleSlot.set(self, { ...state, isOpen: true });
}

/** An attribute that may be a module or a parameter nobody knows. */
function hasUnknownMembers(self: InstanceValue): boolean {
  for (const [name, value] of self.attributes) {
    if (
      value.kind === 'unknown'
        ? (value.alternatives?.some(mayHoldParameters) ?? value.typeName === undefined)
        : value.kind === 'tensor' && isParameter(value) && mayLackAttribute(self, name)
    )
      return true;
  }
  return false;
}

/** Whether a value that an attribute may have brings parameters. */
export function mayHoldParameters(value: Value): boolean {
  if (isParameter(value) || value.kind === 'unknown') return true;
  const layer = moduleSlot.get(value)?.layer;
  return layer !== undefined && (layer.incomplete || layer.weights.length > 0 || layer.children().length > 0);
}

/** Sets an attribute as `nn.Module.__setattr__` does: a parameter or module that was something else before goes to the end. */
export function registerMember(interpreter: Interpreter, self: InstanceValue, name: string, value: Value): void {
  const before = self.attributes.get(name);
  if (before !== undefined && kindOf(before) !== kindOf(value) && kindOf(value) !== 'plain' && before.kind !== 'none')
    deleteInstanceAttribute(self, name);
  setInstanceAttribute(self, name, value);
  const parameter = parameterSlot.get(value);
  if (parameter !== undefined && parameter.name === '') {
    noteArrayChange(value);
    parameter.name = name;
  }
  const child = moduleSlot.get(value);
  if (child === undefined) return;
  noteObjectChange(value);
  if (child.layer.name === child.layer.className) child.layer.name = name;
  const run = torchRun(interpreter);
  const holder = moduleSlot.get(self)?.layer;
  if (holder !== undefined && holder !== child.layer && !run.holders.has(child.layer)) run.holders.set(child.layer, holder);
  const at = child.layer.model === undefined ? -1 : interpreter.trace.models.indexOf(child.layer.model);
  if (at >= 0) interpreter.trace.models.splice(at, 1);
}

/** Its dotted name inside the outermost module that holds it: `layer1.0.conv1`. */
export function pathOf(interpreter: Interpreter, layer: Layer): string {
  const { holders } = torchRun(interpreter);
  let path = layer.name;
  let holder = holders.get(layer);
  for (let depth = 0; holder !== undefined && depth < 20; depth += 1) {
    const next = holders.get(holder);
    if (next === undefined) break;
    path = `${holder.name}.${path}`;
    holder = next;
  }
  return path;
}

function kindOf(value: Value): 'parameter' | 'module' | 'plain' {
  return isParameter(value) ? 'parameter' : isModule(value) ? 'module' : 'plain';
}

/** All modules inside and the module itself, each once, with their dotted names, parents first. */
export function namedModules(self: InstanceValue, prefix = '', seen: Set<InstanceValue> = new Set()): [string, InstanceValue][] {
  const found: [string, InstanceValue][] = [];
  const visit = (module: InstanceValue, path: string): void => {
    if (seen.has(module)) return;
    seen.add(module);
    found.push([path, module]);
    for (const [name, value] of module.attributes) if (isModule(value)) visit(value, path === '' ? name : `${path}.${name}`);
  };
  visit(self, prefix);
  return found;
}

/** All parameters with their dotted names, each once. */
export function namedParameters(self: InstanceValue): [string, TensorValue][] {
  const seen = new Set<Weight>();
  const found: [string, TensorValue][] = [];
  for (const [prefix, module] of namedModules(self)) {
    for (const [name, value] of module.attributes) {
      const weight = value.kind === 'tensor' ? parameterSlot.get(value) : undefined;
      if (value.kind !== 'tensor' || weight === undefined || seen.has(weight)) continue;
      seen.add(weight);
      found.push([prefix === '' ? name : `${prefix}.${name}`, value]);
    }
  }
  return found;
}
