// The context that shared array operations want, for native functions that are not declared as array functions.
import type { NativeCall } from '../../values/value.ts';
import type { ArrayContext } from '../arrays/library.ts';
import { tensorflowLibrary } from './tensor.ts';

export function contextFor(call: NativeCall, name: string): ArrayContext {
  return { interpreter: call.interpreter, library: tensorflowLibrary, cls: tensorflowLibrary.cls, place: call.place, name };
}
