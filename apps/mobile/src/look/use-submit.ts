import { useState } from 'react';
import { describeError } from './describe-error.ts';

/** Something that is done once at a time, and says why it was refused. */
export function useSubmit(work: () => Promise<void>) {
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  async function submit(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(describeError(error));
    } finally {
      setBusy(false);
    }
  }

  return { submit: () => void submit(), problem, isBusy };
}
