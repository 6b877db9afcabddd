import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { LogError, type LogLine, parseLog } from './parse-log.ts';

/** Reads a log, or its first lines. Errors: `LogError`, with the path in front, for whatever is wrong with it. */
export function readLog(path: string, firstLines = Infinity): LogLine[] {
  try {
    const rows = decode(readFileSync(path)).split('\n');
    return parseLog(rows.slice(0, firstLines).join('\n'));
  } catch (error) {
    if (error instanceof LogError) throw new LogError(`${path}: ${error.message}`);
    throw new LogError(`${path}: ${explain(error as NodeJS.ErrnoException)}`);
  }
}

function decode(bytes: Buffer): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  let number = 1;
  for (let start = 0; ; number++) {
    const end = bytes.indexOf('\n', start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  throw new LogError(`line ${number}: expected text in UTF-8`);
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder; expected an IRC log';
  return message;
}
