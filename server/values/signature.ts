// Signatures written in Python's own notation: `filters, kernel_size, strides=(1, 1), *, name=None, **kwargs`. Parsed by the
// same parser as programs, once for each text. Defaults are literals; anything else is unknown.
import type { Expression, Parameters } from '../syntax/ast.ts';
import { parsePython } from '../syntax/python.ts';
import type { Signature, SignatureParameter } from './arguments.ts';
import type { Value } from './value.ts';
import { bool, ellipsis, float, int, list, none, str, tuple, unknown } from './value.ts';

const parsed = new Map<string, Signature>();

/** A parameter list; it is parsed when its parameters are first asked for, once for each text. Throws then when it is not Python: a fault of a catalogue. */
export function parseSignature(text: string): Signature {
  let signature = parsed.get(text);
  if (signature === undefined) {
    let parameters: readonly SignatureParameter[] | undefined;
    signature = { text, get parameters() { parameters ??= readParameters(text); return parameters; } };
    parsed.set(text, signature);
  }
  return signature;
}

function readParameters(text: string): readonly SignatureParameter[] {
  const source = parsePython(`def f(${text}): pass`);
  const definition = source.module.body[0];
  if (definition?.kind !== 'FunctionDef' || source.problems.length > 0) throw new Error(`not a signature: ${text}`);
  return parametersOf(definition.parameters);
}

function parametersOf(parameters: Parameters): SignatureParameter[] {
  // A bare `*` has an empty name and only ends the positional parameters.
  return parameters.all.filter((parameter) => !(parameter.kind === 'star' && parameter.name.text === '')).map((parameter) => ({
    name: parameter.name.text, kind: parameter.kind, default: parameter.default === undefined ? undefined : literalValue(parameter.default),
  }));
}

/** The value of an expression made of literals, else unknown. */
export function literalValue(expression: Expression): Value {
  switch (expression.kind) {
    case 'Constant': {
      const value = expression.value;
      if (value === null) return none;
      if (typeof value === 'boolean') return bool(value);
      if (typeof value === 'string') return str(value);
      if (typeof value === 'number') return expression.isFloat ? float(value) : int(value);
      return 'ellipsis' in value ? ellipsis : unknown();
    }
    case 'Tuple': return tuple(expression.elements.map(literalValue));
    case 'List': return list(expression.elements.map(literalValue));
    case 'UnaryOp': {
      const operand = literalValue(expression.operand);
      if (expression.operator === '-' && operand.kind === 'int' && typeof operand.value === 'number') return int(-operand.value);
      if (expression.operator === '-' && operand.kind === 'float') return float(-operand.value);
      return unknown();
    }
    default: return unknown();
  }
}
