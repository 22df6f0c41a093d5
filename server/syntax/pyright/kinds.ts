// The run-time values of Pyright's enumerations. They are declared `const enum`, which cannot be read in isolated
// modules, although the package does export the objects; their numbers shift between versions, so none is written down.
import * as localization from '@zzzen/pyright-internal/dist/localization/localize.js';
import * as nodes from '@zzzen/pyright-internal/dist/parser/parseNodes.js';
import * as parser from '@zzzen/pyright-internal/dist/parser/parser.js';
import * as tokens from '@zzzen/pyright-internal/dist/parser/tokenizerTypes.js';

type Members<E> = { readonly [K in keyof E]: E[K] };

interface NodeEnumerations {
  readonly ParseNodeType: Members<typeof nodes.ParseNodeType>;
  readonly ArgCategory: Members<typeof nodes.ArgCategory>;
  readonly ParamCategory: Members<typeof nodes.ParamCategory>;
}

interface TokenEnumerations {
  readonly TokenType: Members<typeof tokens.TokenType>;
  readonly KeywordType: Members<typeof tokens.KeywordType>;
  readonly OperatorType: Members<typeof tokens.OperatorType>;
  readonly StringTokenFlags: Members<typeof tokens.StringTokenFlags>;
}

const nodeEnumerations = nodes as unknown as NodeEnumerations;
const tokenEnumerations = tokens as unknown as TokenEnumerations;

export const ParseMode = (parser as unknown as { readonly ParseTextMode: Members<typeof parser.ParseTextMode> }).ParseTextMode;
export const NodeKind = nodeEnumerations.ParseNodeType;
export const ArgumentKind = nodeEnumerations.ArgCategory;
export const ParameterKind = nodeEnumerations.ParamCategory;
export const TokenKind = tokenEnumerations.TokenType;
export const Keyword = tokenEnumerations.KeywordType;
export const Operator = tokenEnumerations.OperatorType;
export const StringFlag = tokenEnumerations.StringTokenFlags;

const messages = localization.LocMessage;

/**
 * Complaints of Pyright's parser that leave the tree intact and that CPython's grammar does not make: they belong to later
 * stages of a compiler, or to newer or older Python versions.
 */
const semanticMessages: readonly (() => string | { getFormatString(): string })[] = [
  messages.returnOutsideFunction, messages.returnInExceptionGroup, messages.breakOutsideLoop, messages.breakInExceptionGroup,
  messages.continueOutsideLoop, messages.continueInExceptionGroup, messages.finallyReturn, messages.finallyBreak,
  messages.finallyContinue, messages.casePatternIsIrrefutable, messages.orPatternIrrefutable, messages.orPatternMissingName,
  messages.duplicateCapturePatternTarget, messages.duplicateParam, messages.duplicateStarPattern, messages.duplicateStarStarPattern,
  messages.unpackOperatorNotAllowed, messages.unpackTuplesIllegal, messages.duplicateUnpack, messages.unpackIllegalInComprehension,
  messages.dictExpandIllegalInComprehension, messages.namedExceptAfterCatchAll, messages.duplicateCatchAll,
  messages.formatStringNestedFormatSpecifier, messages.annotationSpansStrings, messages.annotationFormatString,
  messages.annotationStringEscape, messages.lazyImportIllegal, messages.starStarWildcardNotAllowed,
  messages.keywordParameterMissing,
];

/** Complaints about the layout between statements: the statement that they point at is sound. */
const layoutMessages: typeof semanticMessages = [
  messages.unexpectedIndent, messages.unexpectedUnindent, messages.inconsistentIndent, messages.inconsistentTabs, messages.expectedIndentedBlock,
  messages.tryWithoutExcept, messages.expectedAfterDecorator,
];

let semanticPrefixes: readonly string[] | undefined;
let layoutPrefixes: readonly string[] | undefined;

/** Whether a message of the parser is about meaning alone, so that the tree around it can be trusted. */
export function isSemanticMessage(message: string): boolean {
  semanticPrefixes ??= prefixesOf(semanticMessages);
  return semanticPrefixes.some((prefix) => message.startsWith(prefix));
}

export function isLayoutMessage(message: string): boolean {
  layoutPrefixes ??= prefixesOf(layoutMessages);
  return layoutPrefixes.some((prefix) => message.startsWith(prefix));
}

/** The fixed text that each message begins with, up to what is filled in. */
function prefixesOf(readers: typeof semanticMessages): readonly string[] {
  return readers.map((read) => {
    const template = read();
    const text = typeof template === 'string' ? template : template.getFormatString();
    const hole = text.indexOf('{');
    return hole < 0 ? text : text.slice(0, hole);
  });
}

localization.setLocaleOverride('en-us');
