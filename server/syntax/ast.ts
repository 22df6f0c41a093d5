// The syntax tree of Python that every other room walks. The kinds and fields are those of CPython's `ast` module
// (3.14), so that a tree can be compared with CPython's own. It must not know the parser that produced it.
//
// Offsets count UTF-16 code units from the start of the source text; `end` is exclusive.

export interface Node {
  readonly start: number;
  readonly end: number;
}

export type Statement =
  | FunctionDef | ClassDef | Return | Delete | Assign | AugAssign | AnnAssign | For | While | If | With | Match | Raise | Try
  | Assert | Import | ImportFrom | Global | Nonlocal | ExpressionStatement | Pass | Break | Continue | TypeAlias | BrokenStatement;

export type Expression =
  | BoolOp | NamedExpr | BinOp | UnaryOp | Lambda | IfExp | Dict | SetDisplay | ListComp | SetComp | DictComp | GeneratorExp
  | Await | Yield | YieldFrom | Compare | Call | JoinedStr | Constant | Attribute | Subscript | Starred | Name | List | Tuple
  | Slice | BrokenExpression;

export interface Module extends Node {
  readonly kind: 'Module';
  readonly body: readonly Statement[];
}

export interface FunctionDef extends Node {
  readonly kind: 'FunctionDef';
  readonly name: Identifier;
  readonly parameters: Parameters;
  readonly body: readonly Statement[];
  readonly decorators: readonly Expression[];
  readonly returns: Expression | undefined;
  readonly isAsync: boolean;
  /** Whether the body itself (nested functions apart) holds `yield`. */
  readonly isGenerator: boolean;
}

export interface Identifier extends Node {
  readonly text: string;
}

/** The parameters in source order; `kind` says how each may be given. */
export interface Parameters {
  readonly all: readonly Parameter[];
}

export interface Parameter extends Node {
  readonly kind: 'positional-only' | 'positional-or-keyword' | 'keyword-only' | 'star' | 'double-star';
  readonly name: Identifier;
  readonly annotation: Expression | undefined;
  readonly default: Expression | undefined;
}

export interface ClassDef extends Node {
  readonly kind: 'ClassDef';
  readonly name: Identifier;
  readonly bases: readonly Expression[];
  readonly keywords: readonly Keyword[];
  readonly body: readonly Statement[];
  readonly decorators: readonly Expression[];
}

export interface Return extends Node { readonly kind: 'Return'; readonly value: Expression | undefined }
export interface Delete extends Node { readonly kind: 'Delete'; readonly targets: readonly Expression[] }
export interface Assign extends Node { readonly kind: 'Assign'; readonly targets: readonly Expression[]; readonly value: Expression }
export interface AugAssign extends Node { readonly kind: 'AugAssign'; readonly target: Expression; readonly operator: BinaryOperator; readonly value: Expression }
export interface AnnAssign extends Node { readonly kind: 'AnnAssign'; readonly target: Expression; readonly annotation: Expression; readonly value: Expression | undefined }
export interface For extends Node { readonly kind: 'For'; readonly target: Expression; readonly iterable: Expression; readonly body: readonly Statement[]; readonly orelse: readonly Statement[]; readonly isAsync: boolean }
export interface While extends Node { readonly kind: 'While'; readonly test: Expression; readonly body: readonly Statement[]; readonly orelse: readonly Statement[] }
export interface If extends Node { readonly kind: 'If'; readonly test: Expression; readonly body: readonly Statement[]; readonly orelse: readonly Statement[] }
export interface With extends Node { readonly kind: 'With'; readonly items: readonly WithItem[]; readonly body: readonly Statement[]; readonly isAsync: boolean }
export interface WithItem extends Node { readonly context: Expression; readonly target: Expression | undefined }
export interface Raise extends Node { readonly kind: 'Raise'; readonly exception: Expression | undefined; readonly cause: Expression | undefined }
export interface Try extends Node { readonly kind: 'Try'; readonly body: readonly Statement[]; readonly handlers: readonly ExceptHandler[]; readonly orelse: readonly Statement[]; readonly finalbody: readonly Statement[]; readonly isGroup: boolean }
export interface ExceptHandler extends Node { readonly type: Expression | undefined; readonly name: Identifier | undefined; readonly body: readonly Statement[] }
export interface Assert extends Node { readonly kind: 'Assert'; readonly test: Expression; readonly message: Expression | undefined }
export interface Import extends Node { readonly kind: 'Import'; readonly names: readonly ImportName[] }
/** `module` is the dotted path without its leading dots, "" for `from . import x`; `level` counts the dots. `names` is empty and `star` true for `import *`. */
export interface ImportFrom extends Node { readonly kind: 'ImportFrom'; readonly module: string; readonly moduleStart: number; readonly moduleEnd: number; readonly level: number; readonly names: readonly ImportName[]; readonly star: boolean }
/** `name` is a dotted path for `import a.b`, one identifier for `from m import a`. */
export interface ImportName extends Node { readonly name: string; readonly alias: Identifier | undefined }
export interface Global extends Node { readonly kind: 'Global'; readonly names: readonly string[] }
export interface Nonlocal extends Node { readonly kind: 'Nonlocal'; readonly names: readonly string[] }
export interface ExpressionStatement extends Node { readonly kind: 'Expr'; readonly value: Expression }
export interface Pass extends Node { readonly kind: 'Pass' }
export interface Break extends Node { readonly kind: 'Break' }
export interface Continue extends Node { readonly kind: 'Continue' }
export interface TypeAlias extends Node { readonly kind: 'TypeAlias'; readonly name: Identifier; readonly value: Expression }
/** A statement that could not be parsed. `names` are the names that it may have bound, so that the evaluator can make them unknown. */
export interface BrokenStatement extends Node { readonly kind: 'Broken'; readonly names: readonly string[] }

export interface Match extends Node { readonly kind: 'Match'; readonly subject: Expression; readonly cases: readonly MatchCase[] }
export interface MatchCase extends Node { readonly pattern: Pattern; readonly guard: Expression | undefined; readonly body: readonly Statement[] }
export type Pattern =
  | (Node & { readonly kind: 'MatchValue'; readonly value: Expression })
  | (Node & { readonly kind: 'MatchSingleton'; readonly value: null | boolean })
  | (Node & { readonly kind: 'MatchSequence'; readonly patterns: readonly Pattern[] })
  | (Node & { readonly kind: 'MatchMapping'; readonly keys: readonly Expression[]; readonly patterns: readonly Pattern[]; readonly rest: string | undefined })
  | (Node & { readonly kind: 'MatchClass'; readonly cls: Expression; readonly patterns: readonly Pattern[]; readonly keywordNames: readonly string[]; readonly keywordPatterns: readonly Pattern[] })
  | (Node & { readonly kind: 'MatchStar'; readonly name: string | undefined })
  | (Node & { readonly kind: 'MatchAs'; readonly pattern: Pattern | undefined; readonly name: string | undefined })
  | (Node & { readonly kind: 'MatchOr'; readonly patterns: readonly Pattern[] });

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '<<' | '>>' | '&' | '|' | '^';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'is' | 'is not' | 'in' | 'not in';

export interface BoolOp extends Node { readonly kind: 'BoolOp'; readonly operator: 'and' | 'or'; readonly values: readonly Expression[] }
export interface NamedExpr extends Node { readonly kind: 'NamedExpr'; readonly target: Name; readonly value: Expression }
export interface BinOp extends Node { readonly kind: 'BinOp'; readonly left: Expression; readonly operator: BinaryOperator; readonly right: Expression }
export interface UnaryOp extends Node { readonly kind: 'UnaryOp'; readonly operator: '-' | '+' | '~' | 'not'; readonly operand: Expression }
export interface Lambda extends Node { readonly kind: 'Lambda'; readonly parameters: Parameters; readonly body: Expression }
export interface IfExp extends Node { readonly kind: 'IfExp'; readonly test: Expression; readonly body: Expression; readonly orelse: Expression }
/** A key of undefined is `**value`. */
export interface Dict extends Node { readonly kind: 'Dict'; readonly keys: readonly (Expression | undefined)[]; readonly values: readonly Expression[] }
export interface SetDisplay extends Node { readonly kind: 'Set'; readonly elements: readonly Expression[] }
export interface ListComp extends Node { readonly kind: 'ListComp'; readonly element: Expression; readonly generators: readonly Comprehension[] }
export interface SetComp extends Node { readonly kind: 'SetComp'; readonly element: Expression; readonly generators: readonly Comprehension[] }
export interface DictComp extends Node { readonly kind: 'DictComp'; readonly key: Expression; readonly value: Expression; readonly generators: readonly Comprehension[] }
export interface GeneratorExp extends Node { readonly kind: 'GeneratorExp'; readonly element: Expression; readonly generators: readonly Comprehension[] }
export interface Comprehension { readonly target: Expression; readonly iterable: Expression; readonly conditions: readonly Expression[]; readonly isAsync: boolean }
export interface Await extends Node { readonly kind: 'Await'; readonly value: Expression }
export interface Yield extends Node { readonly kind: 'Yield'; readonly value: Expression | undefined }
export interface YieldFrom extends Node { readonly kind: 'YieldFrom'; readonly value: Expression }
export interface Compare extends Node { readonly kind: 'Compare'; readonly left: Expression; readonly operators: readonly CompareOperator[]; readonly comparators: readonly Expression[] }
export interface Call extends Node { readonly kind: 'Call'; readonly callee: Expression; readonly args: readonly Expression[]; readonly keywords: readonly Keyword[] }
/** `name` is undefined for `**value`. */
export interface Keyword extends Node { readonly name: Identifier | undefined; readonly value: Expression }
/** An f-string: literal parts and replacement fields, in order. */
export interface JoinedStr extends Node { readonly kind: 'JoinedStr'; readonly parts: readonly (string | FormattedValue)[] }
export interface FormattedValue extends Node { readonly value: Expression; readonly conversion: 's' | 'r' | 'a' | undefined; readonly format: JoinedStr | undefined }
/** `value` is null for None, `{ ellipsis }`, `{ bytes }`, `{ imaginary }`, `{ bigint }` (an int beyond 2^53) for what JavaScript has no plain value for; `isFloat` tells 1.0 from 1. */
export interface Constant extends Node { readonly kind: 'Constant'; readonly value: ConstantValue; readonly isFloat: boolean }
export type ConstantValue = null | boolean | number | string | { readonly ellipsis: true } | { readonly bytes: string } | { readonly imaginary: number } | { readonly bigint: bigint };
export interface Attribute extends Node { readonly kind: 'Attribute'; readonly object: Expression; readonly name: Identifier }
/** `x[a, b]` has a Tuple as its index, as in CPython. */
export interface Subscript extends Node { readonly kind: 'Subscript'; readonly object: Expression; readonly index: Expression }
export interface Starred extends Node { readonly kind: 'Starred'; readonly value: Expression }
export interface Name extends Node { readonly kind: 'Name'; readonly id: string }
export interface List extends Node { readonly kind: 'List'; readonly elements: readonly Expression[] }
export interface Tuple extends Node { readonly kind: 'Tuple'; readonly elements: readonly Expression[] }
export interface Slice extends Node { readonly kind: 'Slice'; readonly lower: Expression | undefined; readonly upper: Expression | undefined; readonly step: Expression | undefined }
/** An expression that could not be parsed, with what could be read inside it. */
export interface BrokenExpression extends Node { readonly kind: 'BrokenExpression'; readonly children: readonly Expression[] }

export interface SyntaxProblem extends Node {
  readonly message: string;
}

/** A `#` comment, without its `#`; `start` is the place of the `#`. */
export interface Comment extends Node {
  readonly text: string;
}

/** What parsing a text gives. It never throws: text that is not Python gives a tree of what could be read. */
export interface ParsedSource {
  readonly text: string;
  readonly module: Module;
  readonly problems: readonly SyntaxProblem[];
  readonly comments: readonly Comment[];
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[];
}
