// Which open documents make which program: a file is one document, a notebook's program has one for each cell.
// It knows documents and places; it analyses nothing.
import type { Position, Range } from 'vscode-languageserver';
import { findLineStarts, positionAt } from '../syntax/lines.ts';
import type { NotebookProgram } from '../syntax/notebook.ts';
import { joinCells, toCell } from '../syntax/notebook.ts';
import type { Place } from '../values/place.ts';
import { rangeOfPlace } from './convert.ts';

export interface Program {
  readonly path: string;
  /** The document's URI, or the notebook's. */
  readonly uri: string;
  /** All documents of the program. */
  readonly uris: readonly string[];
  readonly isNotebook: boolean;
  readonly text: string;
  locate(place: Place): { readonly uri: string; readonly range: Range } | undefined;
  offsetAt(uri: string, position: Position, lineStarts: readonly number[]): number | undefined;
}

export interface Programs {
  setFile(uri: string): Program;
  setNotebook(uri: string, cells: readonly { readonly uri: string; readonly text: string }[]): Program;
  remove(path: string): void;
  program(path: string): Program | undefined;
  programOfUri(uri: string): Program | undefined;
  isCell(uri: string): boolean;
}

export function makePrograms(pathOf: (uri: string) => string): Programs {
  const programs = new Map<string, Program>();
  const notebookOfCell = new Map<string, string>();
  return {
    setFile(uri) {
      const path = pathOf(uri);
      const program: Program = {
        path, uri, uris: [uri], isNotebook: false, text: '',
        locate: (place) => ({ uri, range: rangeOfPlace(place) }),
        offsetAt: (_uri, position, lineStarts) => (lineStarts[position.line] ?? 0) + position.character,
      };
      programs.set(path, program);
      return program;
    },
    setNotebook(uri, cells) {
      const path = pathOf(uri);
      const joined = joinCells(cells.map((cell, index) => ({ index, source: cell.text })));
      for (const cell of cells) notebookOfCell.set(cell.uri, path);
      const program = notebookProgram(path, uri, cells, joined);
      programs.set(path, program);
      return program;
    },
    remove(path) {
      programs.delete(path);
      for (const [cell, notebook] of notebookOfCell) if (notebook === path) notebookOfCell.delete(cell);
    },
    program: (path) => programs.get(path),
    programOfUri: (uri) => programs.get(notebookOfCell.get(uri) ?? pathOf(uri)),
    // A cell's document is known by its scheme before its notebook's cells are.
    isCell: (uri) => uri.startsWith('vscode-notebook-cell:') || uri.startsWith('vscode-interactive-input:') || notebookOfCell.has(uri),
  };
}

function notebookProgram(path: string, uri: string, cells: readonly { readonly uri: string; readonly text: string }[], joined: NotebookProgram): Program {
  const lineStarts = cells.map((cell) => findLineStarts(cell.text));
  const positionIn = (cell: number, offset: number): Position => {
    const at = positionAt(lineStarts[cell] ?? [0], offset);
    return { line: at.line, character: at.column };
  };
  return {
    path, uri, uris: cells.map((cell) => cell.uri), isNotebook: true, text: joined.text,
    locate(place) {
      const start = toCell(joined, place.start), end = toCell(joined, place.end);
      const cell = start === undefined ? undefined : cells[start.cell];
      if (start === undefined || cell === undefined) return undefined;
      const last = end !== undefined && end.cell === start.cell ? end.offset : start.offset;
      return { uri: cell.uri, range: { start: positionIn(start.cell, start.offset), end: positionIn(start.cell, last) } };
    },
    offsetAt(cellUri, position) {
      const cell = cells.findIndex((one) => one.uri === cellUri);
      const start = joined.cells[cell]?.start;
      return start === undefined ? undefined : start + (lineStarts[cell]?.[position.line] ?? 0) + position.character;
    },
  };
}
