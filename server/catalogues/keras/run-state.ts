// What Keras keeps globally while a program runs: name counters, the dtype policy, the calls that are going on.
// It must not know any layer.
import type { DType } from '../../tensors/dtype.ts';
import type { LayerCall } from '../../trace/trace.ts';
import { defineRunState } from '../../values/classes.ts';
import type { RecordHolder } from '../../values/heap.ts';
import { makeRecord, touchRecord } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Value } from '../../values/value.ts';

export interface DTypePolicy {
  readonly name: string | undefined;
  readonly compute: DType | undefined;
  readonly variable: DType | undefined;
}

export const floatPolicy: DTypePolicy = { name: 'float32', compute: 'float32', variable: 'float32' };

interface KerasRun {
  /** How often each name was given; each branch of an undecided condition counts on its own. */
  names: Map<string, number>;
  /** Someone keeps the present table: it is copied before it changes. */
  isKept: boolean;
  readonly namesRecord: RecordHolder;
  /** The layer calls that are running, innermost last. */
  readonly calls: { readonly call: LayerCall; readonly training: Value | undefined }[];
  policy: DTypePolicy;
  layerCount: number;
  nodeCount: number;
}

/** The state of the present run. */
export const kerasRun: (interpreter: Interpreter) => KerasRun = defineRunState(() => {
  const run: KerasRun = {
    names: new Map(),
    isKept: false,
    namesRecord: makeRecord<Map<string, number>>(
      undefined,
      () => { run.isKept = true; return run.names; },
      (names) => { run.names = names; run.isKept = true; },
      (left, right) => new Map([...left, ...right].map(([name, count]) => [name, Math.max(count, left.get(name) ?? 0, right.get(name) ?? 0)])),
    ),
    calls: [],
    policy: floatPolicy,
    layerCount: 0,
    nodeCount: 0,
  };
  return run;
});

/** `Conv2DTranspose` → `conv2d_transpose`, as Keras names layers after their class. */
export function snakeCase(name: string): string {
  let made = snakeCases.get(name);
  if (made === undefined) {
    if (snakeCases.size > 1000) snakeCases.clear();
    made = toSnakeCase(name);
    snakeCases.set(name, made);
  }
  return made;
}
const snakeCases = new Map<string, string>();

function toSnakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The next free name: `conv2d`, `conv2d_1`, … */
export function automaticName(interpreter: Interpreter, className: string): string {
  const prefix = snakeCase(className);
  const run = kerasRun(interpreter);
  const used = run.names.get(prefix) ?? 0;
  touchRecord(run.namesRecord);
  if (run.isKept) { run.names = new Map(run.names); run.isKept = false; }
  run.names.set(prefix, used + 1);
  return used === 0 ? prefix : `${prefix}_${used}`;
}

/** `keras.backend.clear_session()`. */
export function clearSession(interpreter: Interpreter): void {
  const run = kerasRun(interpreter);
  touchRecord(run.namesRecord);
  run.names = new Map();
}

/** What a policy's name means: weights stay float32 under the mixed ones. */
export function policyOfName(name: string): DTypePolicy | undefined {
  switch (name) {
    case 'mixed_float16':
      return { name, compute: 'float16', variable: 'float32' };
    case 'mixed_bfloat16':
      return { name, compute: 'bfloat16', variable: 'float32' };
    case 'float16':
    case 'bfloat16':
    case 'float32':
    case 'float64':
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
    case 'uint8':
    case 'uint16':
    case 'uint32':
    case 'bool':
    case 'string':
    case 'complex64':
    case 'complex128':
      return { name, compute: name, variable: name };
    case 'float':
      return { name: 'float32', compute: 'float32', variable: 'float32' };
    default:
      return undefined;
  }
}
