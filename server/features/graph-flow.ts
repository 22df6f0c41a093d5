// The inside of a model that is a program: its layer calls as boxes, and the tensors that go from one to another, followed by their
// identity and through operations. Where that breaks off, the order of the calls stands in, as uncertain. It must not know libraries.
import type { Layer, LayerCall, Trace } from '../trace/trace.ts';
import { lookUpInClass } from '../values/classes.ts';
import { type Operation, operationOf } from '../values/provenance.ts';
import type { InstanceValue, TensorValue, Value } from '../values/value.ts';
import type { Draft, DraftGraph } from './graph-draft.ts';
import { addDraft, addFlow, lastLeaf, tensorsOf } from './graph-draft.ts';

/** What a run's calls are looked up by; made once for all models of a trace. */
export interface CallIndex {
  readonly childrenOf: (call: LayerCall) => readonly LayerCall[];
  readonly callsOf: (layer: Layer) => readonly LayerCall[];
  readonly timeOf: (call: LayerCall) => number;
  /** Whether the tensor is an attribute of a layer: a weight, a buffer, a constant. */
  readonly isHeld: (tensor: TensorValue) => boolean;
}

export function indexCalls(trace: Trace): CallIndex {
  const children = new Map<LayerCall, LayerCall[]>(), byLayer = new Map<Layer, LayerCall[]>(), times = new Map<LayerCall, number>();
  const put = <Key>(map: Map<Key, LayerCall[]>, key: Key, call: LayerCall): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [call]);
    else list.push(call);
  };
  for (const [at, call] of trace.calls.entries()) {
    times.set(call, at);
    put(byLayer, call.layer, call);
    if (call.parent !== undefined) put(children, call.parent, call);
  }
  let held: Set<Value> | undefined;
  const findHeld = (): Set<Value> => {
    const found = new Set<Value>();
    for (const layer of trace.layers) for (const value of layer.instance.attributes.values()) if (value.kind === 'tensor') found.add(value);
    return found;
  };
  return {
    childrenOf: (call) => children.get(call) ?? [],
    callsOf: (layer) => byLayer.get(layer) ?? [],
    timeOf: (call) => times.get(call) ?? 0,
    isHeld: (tensor) => (held ??= findHeld()).has(tensor),
  };
}

/** Draws the boxes of a nested model whose graph is declared; where its inputs end and its outputs come from. */
export type DrawDeclared = (draft: Draft, layer: Layer) => Ports | undefined;
export interface Ports { readonly inputs: readonly Draft[]; readonly outputs: readonly (Draft | undefined)[] }

/** Operations that hand on the same numbers in the same shape: no boxes. */
const silent = new Set(['contiguous', 'to', 'float', 'double', 'half', 'bfloat16', 'type', 'type_as', 'cpu', 'cuda', 'detach', 'clone', 'identity', 'requires_grad_', 'cast', 'convert_to_tensor', 'stop_gradient']);

/** A box or a value that came from outside: where a tensor comes from. */
interface Known { readonly draft: Draft; readonly time: number }

/** Draws what happens during the call into the box. `outside`: the boxes that its arguments' tensors come from. Gives the boxes of its result's tensors. */
export function drawCall(graph: DraftGraph, box: Draft, root: LayerCall, index: CallIndex, outside: ReadonlyMap<TensorValue, Draft>, drawDeclared: DrawDeclared): readonly (Draft | undefined)[] {
  const sources = new Map<TensorValue, Known[]>();
  const drafts = new Map<LayerCall, Draft>([[root, box]]);
  const operations = new Map<Operation, Draft>();
  const open: Operation[] = [];
  const ends = new Map<LayerCall, number>();
  const moduleOutputs = new Map<TensorValue, Known[]>();
  const nameOf = namesWithin(root.layer);
  const note = (map: Map<TensorValue, Known[]>, tensor: TensorValue, draft: Draft, time: number): void => {
    const list = map.get(tensor);
    if (list === undefined) map.set(tensor, [{ draft, time }]);
    else list.push({ draft, time });
  };
  const latest = (list: readonly Known[] | undefined, time: number): Draft | undefined => {
    let found: Known | undefined;
    for (const one of list ?? []) if (one.time < time && (found === undefined || one.time >= found.time)) found = one;
    return found?.draft;
  };
  for (const [tensor, draft] of outside) note(sources, tensor, draft, -1);

  /** The box that an operation is drawn as: its own, the layer's that did it, or none for what happened before the model was called. */
  const draftOf = (operation: Operation): Draft | undefined => {
    const known = operations.get(operation);
    if (known !== undefined) return known;
    let during = operation.during;
    while (during !== undefined && !drafts.has(during)) during = during.parent;
    const parent = during === undefined ? undefined : drafts.get(during);
    if (parent === undefined) return undefined;
    // A layer that is one box did it, whatever it consists of.
    if (parent !== box && parent.kind === 'layer') return parent;
    if (graph.room <= 0) return undefined;
    const name = operationName(operation.name);
    const made = addDraft(graph, parent, { kind: 'operation', name, className: name, place: operation.place, time: operation.callCount - 0.5 + operation.serial * 1e-9 });
    operations.set(operation, made);
    open.push(operation);
    return made;
  };
  const resolve = (tensor: TensorValue, time: number, reader: Draft | undefined): Draft | undefined => {
    let at: TensorValue | undefined = tensor;
    for (let depth = 0; at !== undefined && depth < 64; depth += 1) {
      const known = latest(sources.get(at), time);
      if (known !== undefined) return known;
      const operation = operationOf(at);
      if (operation === undefined) break;
      const drawn = silent.has(operation.name) ? undefined : draftOf(operation);
      // A layer that changes its input in place reads what was there before.
      if (drawn !== undefined && drawn !== reader) {
        if (drawn.kind === 'operation' && drawn.output === undefined) drawn.output = at;
        return drawn;
      }
      if (drawn === undefined && !silent.has(operation.name)) return undefined;
      at = operation.inputs[0];
    }
    const module = latest(moduleOutputs.get(tensor), time);
    return module === undefined ? undefined : lastLeaf(module);
  };

  /** What a box reads; whether anything was found. */
  const connect = (draft: Draft, values: readonly Value[], time: number): boolean => {
    const { tensors, isWhole } = tensorsOf(values);
    let isFed = tensors.length === 0 ? isWhole : false;
    for (const tensor of tensors) {
      const source = resolve(tensor, time, draft);
      if (source !== undefined) addFlow(graph, source, draft, tensor);
      if (source !== undefined || index.isHeld(tensor)) isFed = true;
    }
    return isFed;
  };

  const draw = (call: LayerCall, draft: Draft, previous: Draft | undefined): Draft | undefined => {
    let before = previous;
    for (const child of index.childrenOf(call)) {
      if (graph.room <= 0) break;
      const time = index.timeOf(child);
      const made = addDraft(graph, draft, { kind: 'layer', name: nameOf(child.layer, call.layer), className: child.layer.className, layer: child.layer, call: child, output: child.output, time });
      drafts.set(child, made);
      const ports = child.layer.model?.steps === undefined ? undefined : drawDeclared(made, child.layer);
      if (ports !== undefined) {
        made.kind = 'module';
        connectPorts(child, ports, time, before);
        before = lastLeaf(made);
      } else if (index.childrenOf(child).length > 0 || isProgram(child.layer)) {
        made.kind = 'module';
        passOn(child);
        before = draw(child, made, before);
        const end = ends.get(child) ?? time;
        for (const tensor of tensorsOf([child.output]).tensors) note(moduleOutputs, tensor, made, end);
      } else {
        const isFed = connect(made, [child.input, ...(child.others ?? [])], time);
        if (!isFed && before !== undefined) addFlow(graph, before, made, undefined, false);
        for (const tensor of tensorsOf([child.output]).tensors) note(sources, tensor, made, time);
        before = made;
      }
      ends.set(call, Math.max(ends.get(child) ?? time, time));
    }
    return before;
  };
  /** What a method got in another form is what was handed to it. */
  const passOn = (call: LayerCall): void => {
    if (call.received === undefined) return;
    const [handed, received] = [tensorsOf([call.input, ...(call.others ?? [])]).tensors, tensorsOf(call.received).tensors];
    if (handed.length !== received.length) return;
    for (const [at, tensor] of received.entries()) {
      const given = handed[at];
      const source = given === undefined || given === tensor ? undefined : resolve(given, index.timeOf(call), undefined);
      if (source !== undefined) note(sources, tensor, source, index.timeOf(call) - 0.5);
    }
  };
  const connectPorts = (call: LayerCall, ports: Ports, time: number, before: Draft | undefined): void => {
    const { tensors } = tensorsOf([call.input, ...(call.others ?? [])]);
    for (const [at, input] of ports.inputs.entries()) {
      const tensor = tensors[at];
      const source = tensor === undefined ? undefined : resolve(tensor, time, undefined);
      if (source !== undefined) addFlow(graph, source, input, tensor);
      else addFlow(graph, before, input, undefined, false);
    }
    for (const [at, tensor] of tensorsOf([call.output]).tensors.entries()) {
      const source = ports.outputs[at];
      if (source !== undefined) note(sources, tensor, source, time);
    }
  };

  draw(root, box, undefined);
  const readOperations = (): void => {
    for (let operation = open.pop(); operation !== undefined; operation = open.pop()) {
      const draft = operations.get(operation);
      if (draft !== undefined) connect(draft, operation.inputs, operation.callCount);
    }
  };
  readOperations();
  const results = tensorsOf([root.output]).tensors.map((tensor) => resolve(tensor, Number.POSITIVE_INFINITY, undefined));
  readOperations();
  settle(box);
  return results;
}

/** Boxes in the order of the run; a module without boxes inside is one box. */
function settle(box: Draft): void {
  box.children.sort((left, right) => left.time - right.time);
  for (const child of box.children) {
    if (child.kind !== 'module') continue;
    settle(child);
    if (child.children.length === 0) child.kind = 'layer';
  }
}

/** A class of the program: what its method does is seen. */
function isProgram(layer: Layer): boolean {
  return !layer.instance.cls.native;
}

/** `__radd__` and `iadd` are `add`. */
function operationName(name: string): string {
  const plain = name.replaceAll('__', '').replace(/_$/, '').replace(/=$/, '');
  return operators[plain] ?? plain;
}
const operators: Readonly<Record<string, string>> = {
  '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '@': 'matmul', radd: 'add', rsub: 'sub', rmul: 'mul', rtruediv: 'div', truediv: 'div', iadd: 'add', isub: 'sub', imul: 'mul', itruediv: 'div', rmatmul: 'matmul', rpow: 'pow',
};

/** What the attributes that hold a layer are called, from the nearest holder: `layers.0`. */
function namesWithin(root: Layer): (layer: Layer, holder: Layer) => string {
  const paths = new Map<InstanceValue, string>();
  const visit = (instance: InstanceValue, prefix: string, depth: number): void => {
    if (depth > 24) return;
    for (const [name, value] of instance.attributes) {
      if (value.kind !== 'instance' || paths.has(value) || value === root.instance) continue;
      paths.set(value, `${prefix}${name}`);
      visit(value, `${prefix}${name}.`, depth + 1);
    }
  };
  if (root.framework === 'torch') visit(root.instance, '', 0);
  return (layer, holder) => {
    const path = paths.get(layer.instance);
    if (path === undefined) return layer.name;
    const around = holder === root ? undefined : paths.get(holder.instance);
    return around !== undefined && path.startsWith(`${around}.`) ? path.slice(around.length + 1) : path;
  };
}

/** What the model's own method calls its arguments, where it stands in the program. */
export function parameterNames(layer: Layer): readonly string[] {
  for (const name of ['forward', 'call']) {
    const method = lookUpInClass(layer.instance.cls, name)?.value;
    if (method?.kind === 'function') return method.node.parameters.all.slice(1).map((parameter) => parameter.name.text);
  }
  return [];
}
