import { median } from './measure.ts';
import { type Figures, SERVER_CPU } from './workloads.ts';

/** The system that the others are held against. */
export const REFERENCE = 'limit';

export interface Row {
  workload: string;
  system: string;
  figures: Figures;
}

/** The medians of all rounds, a Markdown table for each workload. */
export function tables(rows: Row[]): string {
  const byWorkload = Map.groupBy(rows, ({ workload }) => workload);
  return [...byWorkload].map(([workload, of]) => `### ${workload}\n\n${table(of)}`).join('\n\n');
}

function table(rows: Row[]): string {
  const names = Object.keys(rows[0]!.figures);
  const medians = new Map(
    [...Map.groupBy(rows, ({ system }) => system)].map(([system, of]) => [system, mediansOf(names, of)]),
  );
  const reference = medians.get(REFERENCE);
  const header = ['system', 'runs', ...names, `of ${REFERENCE}`, `CPU of ${REFERENCE}`];
  const lines = [...medians].map(([system, figures]) => [
    system,
    String(rows.filter((row) => row.system === system).length),
    ...names.map((name) => digits(figures[name]!)),
    ratio(figures, reference, names[0]!),
    ratio(figures, reference, SERVER_CPU),
  ]);
  return aligned([header, header.map(() => '---'), ...lines]);
}

/** Figures to the right, so that they can be compared without a Markdown reader too. */
function aligned(lines: string[][]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  const pad = (cell: string, column: number): string =>
    cell === '---' ? `${'-'.repeat(widths[column]! - 1)}:` : cell.padStart(widths[column]!);
  return lines.map((cells) => `| ${cells.map(pad).join(' | ')} |`).join('\n');
}

const mediansOf = (names: string[], rows: Row[]): Figures =>
  Object.fromEntries(names.map((name) => [name, median(rows.map(({ figures }) => figures[name]!))]));

function ratio(figures: Figures, reference: Figures | undefined, name: string): string {
  const value = figures[name]! / (reference?.[name] ?? Number.NaN);
  return Number.isNaN(value) ? '–' : `${digits(value)}×`;
}

/** Three significant digits, and all those before the point. */
function digits(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
