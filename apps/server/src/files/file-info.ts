import type { FileInfo, FileKind } from '@parley/contract';
import type { File } from '../database/generated/client.ts';

/** The row of a file that is ready, as the contract has it. */
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
