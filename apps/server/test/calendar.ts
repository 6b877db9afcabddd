import { ManualClock } from './server.ts';

/** The date moves on, and no time passes meanwhile: nobody has been silent for too long. */
export class Calendar extends ManualClock {
  constructor() {
    // A token's end has whole seconds.
    super(Math.ceil(Date.now() / 1_000) * 1_000);
  }

  override elapsed(): number {
    return 0;
  }
}
