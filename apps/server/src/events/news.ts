/** What waits to be told to the other nodes, as JSON: a bounded queue that drops the oldest. */
export class News {
  readonly #most: number;
  #items: { text: string; bytes: number }[] = [];
  #bytes = 0;

  /** `most`: bytes that may wait. */
  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  add(text: string): void {
    const bytes = Buffer.byteLength(text) + 1;
    this.#items.push({ text, bytes });
    this.#bytes += bytes;
    let dropped = 0;
    while (this.#bytes > this.#most) this.#bytes -= this.#items[dropped++]!.bytes;
    if (dropped > 0) this.#items.splice(0, dropped);
  }

  /** Takes as many of the oldest as fit into so many bytes, with commas between. */
  take(bytes: number): string {
    let left = bytes;
    const count = this.#items.findIndex((item) => {
      left -= item.bytes;
      return left < -1;
    });
    const taken = this.#items.splice(0, count < 0 ? this.#items.length : count);
    for (const item of taken) this.#bytes -= item.bytes;
    return taken.map(({ text }) => text).join(',');
  }
}
