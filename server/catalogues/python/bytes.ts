// The classes bytes, bytearray and memoryview. Bytes are kept as text of characters 0 to 255; most of their methods are not
// followed. It must not know files.
import { nativeMethod } from '../../values/classes.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { int, str } from '../../values/value.ts';
import { builtinType } from './constructing.ts';
import { textValue, unfollowedMethods, unknownLength, unknownOf } from './support.ts';

const isUtf8 = (encoding: string | undefined): boolean => encoding !== undefined && /^utf[-_]?8$/i.test(encoding);
const isLatin = (encoding: string | undefined): boolean => encoding !== undefined && /^(latin[-_]?1|iso[-_]?8859[-_]?1)$/i.test(encoding);
const isPlain = (encoding: string | undefined): boolean => encoding !== undefined && /^(us-)?ascii$/i.test(encoding);
const longest = 200_000;

/** `text.encode(encoding)`; undefined when not known. */
export function encodeText(text: string, encoding: string | undefined): Value | undefined {
  if (text.length > longest) return undefined;
  if (isUtf8(encoding)) return { kind: 'bytes', value: [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join('') };
  if (
    (isLatin(encoding) && [...text].every((one) => one.charCodeAt(0) < 256)) ||
    (isPlain(encoding) && [...text].every((one) => one.charCodeAt(0) < 128))
  )
    return { kind: 'bytes', value: text };
  return undefined;
}

/** `bytes.decode(encoding)`; undefined when not known. */
export function decodeBytes(bytes: string, encoding: string | undefined): Value | undefined {
  if (isLatin(encoding)) return str(bytes);
  if (isPlain(encoding) && [...bytes].every((one) => one.charCodeAt(0) < 128)) return str(bytes);
  if (!isUtf8(encoding)) return undefined;
  try {
    return str(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0))));
  } catch {
    return undefined;
  }
}

const common =
  'capitalize center count endswith expandtabs find fromhex hex index isalnum isalpha isascii isdigit islower isspace istitle isupper join ljust lower lstrip ' +
  'maketrans partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill ' +
  '__iter__ __contains__ __getitem__ __getnewargs__ __bytes__';

const decode = nativeMethod('decode', 'self, encoding="utf-8", errors="strict"', ({ args }) => {
  const self = args.get('self');
  return (self.kind === 'bytes' ? decodeBytes(self.value, args.str('encoding')) : undefined) ?? unknownOf('str');
});
const length = nativeMethod('__len__', 'self', ({ args }) => {
  const self = args.get('self');
  return self.kind === 'bytes' ? int(self.value.length) : unknownLength();
});

export const bytesClass: ClassValue = builtinType({
  name: 'bytes',
  keepsClass: true,
  operators: '+ * %',
  members: { ...unfollowedMethods(common), decode, __len__: length },
  make: ({ given, subclass }) => {
    const first = given.positional[0]?.value,
      text = first === undefined ? undefined : textValue(first);
    const encoding = given.positional[1]?.value ?? given.keywords.find((keyword) => keyword.name === 'encoding')?.value;
    if (subclass !== undefined || given.openPositional) return unknownOf(subclass?.name ?? 'bytes');
    if (first === undefined) return { kind: 'bytes', value: '' };
    if (first.kind === 'bytes') return first;
    return (text === undefined || encoding?.kind !== 'str' ? undefined : encodeText(text, encoding.value)) ?? unknownOf('bytes');
  },
});

export const bytearrayClass: ClassValue = builtinType({
  name: 'bytearray',
  keepsClass: true,
  operators: '+ * %',
  make: () => unknownOf('bytearray'),
  members: unfollowedMethods(
    `${common} decode __len__ append clear copy extend insert pop remove reverse __setitem__ __delitem__ __iadd__ __imul__ __alloc__`,
  ),
});

export const memoryviewClass: ClassValue = builtinType({
  name: 'memoryview',
  keepsClass: true,
  make: () => unknownOf('memoryview'),
  members: unfollowedMethods(
    'cast hex release tobytes tolist toreadonly __len__ __getitem__ __setitem__ __delitem__ __iter__ __enter__ __exit__ c_contiguous contiguous f_contiguous format itemsize nbytes ndim obj readonly shape strides suboffsets',
  ),
});
