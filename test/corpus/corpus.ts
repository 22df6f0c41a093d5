// What the corpus measures and how it is told: groups of models, each model exact, wrong or unknown, and the table of them. A group
// must not know how the engine finds its answers, nor what other groups there are.

/** exact: all that is compared is equal; unknown: something is not known, nothing is wrong; wrong: something differs from the framework. */
export type Verdict = 'exact' | 'wrong' | 'unknown';

export interface CorpusRow {
  readonly model: string;
  readonly verdict: Verdict;
  /** What differs or is not known; empty where it is exact. */
  readonly reason: string;
  /** Of the processor. */
  readonly milliseconds: number;
}

export interface CorpusResult {
  /** As the table names it: `torchvision, without weights`. */
  readonly group: string;
  readonly rows: readonly CorpusRow[];
  /** So many percent must be exact, … */
  readonly least: number;
  /** … within so many seconds. */
  readonly mostSeconds?: number | undefined;
  /** Lines that stand below the table. */
  readonly notes?: readonly string[] | undefined;
}

export interface CorpusOptions {
  /** Only models whose name holds one of these words; empty: all. */
  readonly only: readonly string[];
  /** Told after each model. */
  readonly progress: (group: string, done: number, of: number) => void;
}

/** Measures the models of a library whose sources stand in an environment (a folder with `lib/python3.*`, `site-packages`). */
export type Measure = (environment: string, options: CorpusOptions) => Promise<readonly CorpusResult[]>;

/** Milliseconds that the processor has spent on this process, whatever else the machine does. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export function isWanted(options: CorpusOptions, name: string): boolean {
  return options.only.length === 0 || options.only.some((word) => name.includes(word));
}

/** Gathers the verdicts on models one by one. */
export async function measureEach<Model>(
  group: string, models: readonly Model[], options: CorpusOptions, nameOf: (model: Model) => string, judge: (model: Model) => Omit<CorpusRow, 'model' | 'milliseconds'>,
): Promise<readonly CorpusRow[]> {
  const wanted = models.filter((model) => isWanted(options, nameOf(model)));
  const rows: CorpusRow[] = [];
  for (const model of wanted) {
    const started = processorTime();
    const verdict = judge(model);
    rows.push({ model: nameOf(model), ...verdict, milliseconds: processorTime() - started });
    options.progress(group, rows.length, wanted.length);
    // The progress is written out, and an interrupt is heard.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return rows;
}

const countOf = (result: CorpusResult, verdict: Verdict): number => result.rows.filter((row) => row.verdict === verdict).length;
const secondsOf = (result: CorpusResult): number => result.rows.reduce((sum, row) => sum + row.milliseconds, 0) / 1000;

/** What a result misses; empty where it holds. */
export function missesOf(result: CorpusResult): readonly string[] {
  const share = (100 * countOf(result, 'exact')) / Math.max(1, result.rows.length), seconds = secondsOf(result);
  return [
    ...(result.rows.length === 0 ? [`${result.group}: nothing was measured`] : []),
    ...(result.rows.length > 0 && share < result.least ? [`${result.group}: ${share.toFixed(1)} % exact, ${result.least} % are wanted`] : []),
    ...(result.mostSeconds !== undefined && seconds > result.mostSeconds ? [`${result.group}: ${seconds.toFixed(0)} s, at most ${result.mostSeconds} s are wanted`] : []),
  ];
}

/** The table of all groups. */
export function tableOf(results: readonly CorpusResult[]): readonly string[] {
  const header = ['group', 'models', 'exact', 'wrong', 'unknown', 'exact %', 'time'];
  const rows = results.map((result) => [
    result.group, String(result.rows.length), String(countOf(result, 'exact')), String(countOf(result, 'wrong')), String(countOf(result, 'unknown')),
    `${((100 * countOf(result, 'exact')) / Math.max(1, result.rows.length)).toFixed(1)} of ${result.least}`, `${secondsOf(result).toFixed(1)} s`,
  ]);
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return [line(header), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)];
}

/** The models that are not exact, with their reasons; those that share one stand together. */
export function failuresOf(result: CorpusResult, most = 60): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const row of result.rows) {
    if (row.verdict === 'exact') continue;
    const key = `${row.verdict}: ${row.reason}`;
    byReason.set(key, [...(byReason.get(key) ?? []), row.model]);
  }
  const lines = [...byReason].sort((left, right) => right[1].length - left[1].length).map(([reason, models]) => `  ${result.group}: ${reason}\n    ${models.slice(0, 12).join(', ')}${models.length > 12 ? `, and ${models.length - 12} more` : ''}`);
  return lines.length <= most ? lines : [...lines.slice(0, most), `  ${result.group}: ${lines.length - most} more reasons`];
}

/** The slowest models. */
export function slowestOf(result: CorpusResult, most = 5): string {
  const slowest = result.rows.toSorted((left, right) => right.milliseconds - left.milliseconds).slice(0, most);
  return `  ${result.group}, slowest: ${slowest.map((row) => `${row.model} ${row.milliseconds.toFixed(0)} ms`).join(', ')}`;
}
