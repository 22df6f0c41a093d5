// How much of what real programs use is known: members of libraries by the tables of test/facts/files-*.tsv (member, kind, uses, files,
// share of framework files that use it in model code, build rank). A file counts when all that it uses is known; which members stand
// together in a file is not in the tables, so the share of such files is bounded from below: no two unknown members share a file.
import { readFileSync } from 'node:fs';
import { builtinMembers } from '../../server/catalogues/python/builtins.ts';
import { builtinClasses } from '../../server/catalogues/python/classes.ts';
import { fileClass } from '../../server/catalogues/python/files.ts';
import { lookUpInClass } from '../../server/values/classes.ts';
import type { ClassValue, Value } from '../../server/values/value.ts';
import { registry } from './program.ts';

const builtins = builtinMembers();

export interface UsedMember {
  readonly member: string;
  readonly kind: string;
  readonly uses: number;
  readonly files: number;
  /** In percent of the files of a framework, each group of repositories of equal weight. */
  readonly filesPercent: number;
  readonly rank: number | undefined;
}

export interface CoverageTable {
  readonly name: string;
  readonly members: number;
  readonly known: number;
  readonly usesPercent: number;
  /** At least this many percent of files have nothing unknown in their model code. */
  readonly filesPercent: number;
  /** All members up to this rank are known. */
  readonly wholeToRank: number;
  readonly missing: readonly UsedMember[];
}

/** Whether a dotted name leads to something that a catalogue holds; `()` behind a class stands for an object of it. */
export function isKnownName(name: string): boolean {
  const parts = name.replace(/^tf\./, 'tensorflow.').split('.');
  for (let length = parts.length; length >= 1; length -= 1) {
    const module = registry.findModule(parts.slice(0, length).join('.'));
    if (module === undefined) continue;
    const [first, ...rest] = parts.slice(length);
    if (first === undefined) return true;
    let value: Value | undefined = module.load?.(first.replace('()', ''));
    for (const part of rest) {
      if (value?.kind !== 'class') break;
      value = lookUpInClass(value, part)?.value;
    }
    return value !== undefined;
  }
  return false;
}

const classAt = (module: string, name: string): ClassValue | undefined => {
  const value = registry.findModule(module)?.load?.(name);
  return value?.kind === 'class' ? value : undefined;
};
const has = (classes: readonly (ClassValue | undefined)[], name: string): boolean => classes.some((cls) => cls !== undefined && lookUpInClass(cls, name) !== undefined);

/** Which classes a kind of the tables speaks of; undefined: the member is a dotted name. */
function receivers(kind: string): readonly (ClassValue | undefined)[] | undefined {
  const tensor = (): ClassValue | undefined => classAt('torch', 'Tensor');
  const module = (): ClassValue | undefined => classAt('torch.nn', 'Module');
  if (kind === 'tensor or Module method (receiver unknown)') return [tensor(), module()];
  if (kind.startsWith('Module method')) return [module(), classAt('torch.nn', 'Sequential'), classAt('torch.nn', 'ModuleList'), classAt('torch.nn', 'ModuleDict')];
  if (kind === 'attribute set') return [tensor(), module()];
  if (kind.startsWith('tensor ')) return [tensor()];
  if (kind.startsWith('optimizer/scheduler')) return [classAt('torch.optim', 'Optimizer'), classAt('torch.optim.lr_scheduler', 'LRScheduler')];
  if (kind.startsWith('ndarray') || kind.startsWith('numpy array')) return [classAt('numpy', 'ndarray')];
  const found = /^(?:methods? shared by )?((?:str|list|dict|set|file|tuple)(?:\/(?:str|list|dict|set|file|tuple))*)\b/.exec(kind);
  return found?.[1]?.split('/').map((name) => (name === 'file' ? fileClass : builtinClasses[name]));
}

/** Attributes that `Module.__init__` and optimizers set on the object itself. */
const ownAttributes: ReadonlySet<string> = new Set(['training', 'param_groups']);

export function isKnown({ member, kind }: UsedMember): boolean {
  if (kind === 'builtin') return builtins[member] !== undefined;
  const classes = receivers(kind);
  if (classes !== undefined) return has(classes, member) || ownAttributes.has(member);
  return isKnownName(member) || (member.includes('().') && ownAttributes.has(member.split('.').at(-1) ?? ''));
}

export function usedMembers(table: string): readonly UsedMember[] {
  return readFileSync(`test/facts/${table}.tsv`, 'utf8').trim().split('\n').map((line) => {
    const [member = '', kind = '', uses = '0', files = '0', percent = '0', rank = ''] = line.split('\t');
    return { member, kind, uses: Number(uses), files: Number(files), filesPercent: Number(percent), rank: rank === '' ? undefined : Number(rank) };
  });
}

export function coverageOf(table: string): CoverageTable {
  const members = usedMembers(table);
  const missing = members.filter((member) => !isKnown(member));
  const sum = (list: readonly UsedMember[], of: (member: UsedMember) => number): number => list.reduce((total, member) => total + of(member), 0);
  const uses = sum(members, (member) => member.uses);
  return {
    name: table, members: members.length, known: members.length - missing.length,
    usesPercent: (100 * (uses - sum(missing, (member) => member.uses))) / uses,
    filesPercent: 100 - sum(missing, (member) => member.filesPercent),
    wholeToRank: Math.min(...missing.map((member) => (member.rank ?? Number.POSITIVE_INFINITY) - 1)),
    missing,
  };
}

/** Lines for a person. */
export function coverageReport(tables: readonly string[] = ['files-torch', 'files-python']): readonly string[] {
  return tables.map(coverageOf).flatMap((table) => [
    `${table.name}: ${table.known} of ${table.members} members, ${table.usesPercent.toFixed(1)} % of uses; at least ${table.filesPercent.toFixed(1)} % of files have nothing unknown in their model code; all known to rank ${table.wholeToRank}`,
    `  missing: ${table.missing.slice(0, 12).map((member) => `${member.member} (rank ${member.rank ?? '-'}, ${member.filesPercent} %, ${member.uses} uses)`).join(', ')}`,
  ]);
}
