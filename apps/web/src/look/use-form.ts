import { type FormEvent, useState } from 'react';
import { describeError } from './describe-error.ts';

/** A form that is sent once at a time, and says why it was refused. */
export function useForm(submit: (values: Record<string, string>) => Promise<unknown>) {
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  async function send(form: HTMLFormElement): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await submit(Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)])));
    } catch (error) {
      setProblem(describeError(error));
    } finally {
      setBusy(false);
    }
  }

  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!isBusy) void send(event.currentTarget);
  };
  return { onSubmit, problem, isBusy };
}
