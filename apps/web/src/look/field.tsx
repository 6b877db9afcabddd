import type { ComponentProps } from 'react';

/** An input and what it is for. */
export const Field = ({ label, ...input }: { label: string } & ComponentProps<'input'>) => (
  <label className="field">
    <span>{label}</span>
    <input className="input" {...input} />
  </label>
);

/** What was wrong with a form. It is read out when it comes. */
export const Problem = ({ text }: { text: string | undefined }) => (
  <p className="problem" role="alert">
    {text}
  </p>
);
