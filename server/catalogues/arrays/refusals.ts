// What a person is told when shapes certainly do not fit. It must not know any operation.
import { formatDim } from '../../tensors/dim.ts';
import { formatShape, type Shape, type ShapeConflict } from '../../tensors/shape.ts';
import type { Message } from '../../values/place.ts';
import { message } from '../../values/place.ts';

export interface Conflict {
  readonly rule: 'shape-mismatch' | 'reshape-size' | 'invalid-axis' | 'invalid-argument';
  readonly message: Message;
}

/** The rule a conflict falls under, and the sentence for it. `operation` is as the program wrote it; `shapes` are the operands'. */
export function describeConflict(reason: ShapeConflict, operation: string, shapes: readonly Shape[]): Conflict {
  const given = shapes.map(formatShape).join(', ');
  switch (reason.kind) {
    case 'broadcast':
      return {
        rule: 'shape-mismatch',
        message: message('{operation}: shapes {shapes} do not broadcast: axis {axis} has {left} and {right}', {
          operation,
          shapes: given,
          axis: reason.axis,
          left: formatDim(reason.left),
          right: formatDim(reason.right),
        }),
      };
    case 'size':
      return {
        rule: 'shape-mismatch',
        message: message('{operation}: shapes {shapes} differ on axis {axis}: {left} and {right}', {
          operation,
          shapes: given,
          axis: reason.axis,
          left: formatDim(reason.left),
          right: formatDim(reason.right),
        }),
      };
    case 'inner':
      return {
        rule: 'shape-mismatch',
        message: message('{operation}: inner sizes of {shapes} differ: {left} and {right}', {
          operation,
          shapes: given,
          left: formatDim(reason.left),
          right: formatDim(reason.right),
        }),
      };
    case 'rank':
      return {
        rule: 'shape-mismatch',
        message: reason.atLeast
          ? message('{operation}: needs at least {expected} axes, got {actual} in {shapes}', {
              operation,
              expected: reason.expected,
              actual: reason.actual,
              shapes: given,
            })
          : message('{operation}: needs {expected} axes, got {actual} in {shapes}', {
              operation,
              expected: reason.expected,
              actual: reason.actual,
              shapes: given,
            }),
      };
    case 'axis':
      return {
        rule: 'invalid-axis',
        message: message('{operation}: axis {axis} lies outside {shapes} with {rank} axes', {
          operation,
          axis: reason.axis,
          shapes: given,
          rank: reason.rank,
        }),
      };
    case 'repeated-axis':
      return { rule: 'invalid-axis', message: message('{operation}: axis {axis} is named twice', { operation, axis: reason.axis }) };
    case 'axis-order':
      return {
        rule: 'invalid-axis',
        message: message('{operation}: axis {start} comes after axis {end}', { operation, start: reason.start, end: reason.end }),
      };
    case 'permutation':
      return {
        rule: 'invalid-axis',
        message: message('{operation}: ({axes}) does not name every axis of {shapes} once', {
          operation,
          axes: reason.axes.join(', '),
          shapes: given,
        }),
      };
    case 'elements':
      return {
        rule: 'reshape-size',
        message: reason.inferred
          ? message('{operation}: the {from} elements of {shapes} are no multiple of {to}', {
              operation,
              from: formatDim(reason.from),
              to: formatDim(reason.to),
              shapes: given,
            })
          : message('{operation}: {shapes} has {from} elements, the new shape {to}', {
              operation,
              from: formatDim(reason.from),
              to: formatDim(reason.to),
              shapes: given,
            }),
      };
    case 'several-inferred':
      return { rule: 'reshape-size', message: message('{operation}: only one size may be -1', { operation }) };
    case 'negative-size':
      return { rule: 'reshape-size', message: message('{operation}: a size cannot be {size}', { operation, size: reason.size }) };
    case 'not-one':
      return {
        rule: 'invalid-axis',
        message: message('{operation}: axis {axis} of {shapes} has size {size}, not 1', {
          operation,
          axis: reason.axis,
          shapes: given,
          size: formatDim(reason.size),
        }),
      };
    case 'equation':
      return { rule: 'invalid-argument', message: message('{operation}: equation: {detail}', { operation, detail: reason.detail }) };
    case 'label':
      return {
        rule: 'shape-mismatch',
        message: message('{operation}: "{label}" is {left} and {right} in {shapes}', {
          operation,
          label: reason.label,
          left: formatDim(reason.left),
          right: formatDim(reason.right),
          shapes: given,
        }),
      };
  }
}
