import type { FileInfo, FileKind } from '@parley/contract';
import type { File } from '../database/generated/client.ts';

/** SQL: the row of a file that is ready, as the contract has it; `f` is the row. */
export const FILE_INFO_JSON = `
  json_strip_nulls(json_build_object(
    'id', f.id, 'name', f.name, 'size', f.size, 'type', f.type, 'kind', f.kind,
    'width', f.width, 'height', f.height, 'blurhash', f.blurhash))`;

/** The same, of a row that was read. */
export const toFileInfo = ({ id, name, size, type, kind, width, height, blurhash }: File): FileInfo => ({
  id,
  name,
  size,
  type: type!,
  kind: kind as FileKind,
  ...(width !== null && { width }),
  ...(height !== null && { height }),
  ...(blurhash !== null && { blurhash }),
});

/** Of rows that were read, in the order in which they were named: all of them are there. */
export function inOrder(files: File[], ids: string[]): FileInfo[] {
  const byId = new Map(files.map((file) => [file.id, toFileInfo(file)]));
  return ids.map((id) => byId.get(id)!);
}
