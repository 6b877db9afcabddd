import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether a process can be given a disk of its own: it takes Linux, and root. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0;

/** A command that runs another with a disk of so many megabytes at a new folder, which nobody else sees. */
export const onSmallDisk = (folder: string, megabytes: number): string[] => [
  ...['unshare', '--mount', 'sh', '-c'],
  `mkdir "${folder}" && mount -t tmpfs -o size=${megabytes}m tmpfs "${folder}" && exec "$0" "$@"`,
];

/** What fills a disk that a process sees. */
export class Ballast {
  /** The disk, for us. */
  readonly disk: string;
  readonly #file: string;

  constructor(pid: number, folder: string) {
    this.disk = `/proc/${pid}/root${folder}`;
    this.#file = join(this.disk, 'ballast');
  }

  /** Leaves so many bytes free. */
  async leave(bytes: number): Promise<void> {
    await this.remove();
    const { bavail, bsize } = await statfs(this.disk);
    await writeFile(this.#file, Buffer.alloc(bavail * bsize - bytes));
  }

  remove(): Promise<void> {
    return rm(this.#file, { force: true });
  }
}
