import { useState } from 'react';
import { Button, Field, Words } from '../look/parts.tsx';
import { useSubmit } from '../look/use-submit.ts';
import type { PageProps } from './entrance.tsx';

/** With the six digits of the mail. Its link does the same, and then one can log in as well. */
export function VerifyEmail({ connect, goTo, email }: PageProps) {
  const [address, setAddress] = useState(email);
  const [code, setCode] = useState('');
  const { submit, problem, isBusy } = useSubmit(async () => {
    const chat = await connect();
    await chat.api.auth.verifyEmail.mutate({ email: address.trim(), code: code.trim() });
    goTo('log-in');
  });
  const again = useSubmit(async () => {
    const chat = await connect();
    await chat.api.auth.resendVerification.mutate({ email: address.trim() });
  });
  return (
    <>
      <Words>We have sent you six digits, and a link that does the same.</Words>
      <Field
        label="E-mail"
        autoComplete="email"
        inputMode="email"
        value={address}
        onChangeText={setAddress}
      />
      <Field
        label="Six digits"
        autoComplete="one-time-code"
        inputMode="numeric"
        value={code}
        onChangeText={setCode}
        onSubmitEditing={submit}
      />
      {(problem ?? again.problem) !== undefined && <Words tone="danger">{problem ?? again.problem}</Words>}
      <Button label="Verify" isMain isDisabled={isBusy} onPress={submit} />
      <Button label="Send another mail" isDisabled={again.isBusy} onPress={again.submit} />
      <Button label="Log in" onPress={() => goTo('log-in')} />
    </>
  );
}
