import { useState } from 'react';
import { Button, Field, Words } from '../look/parts.tsx';
import { useSubmit } from '../look/use-submit.ts';
import type { PageProps } from './entrance.tsx';

export function SignUp({ connect, goTo }: PageProps) {
  const [username, setUsername] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { submit, problem, isBusy } = useSubmit(async () => {
    const chat = await connect();
    const user = await chat.register({ username: username.trim(), email: email.trim(), password });
    if (!user) goTo('verify', email.trim());
  });
  return (
    <>
      <Field label="Username" autoComplete="username-new" value={username} onChangeText={setUsername} />
      <Field label="E-mail" autoComplete="email" inputMode="email" value={email} onChangeText={setEmail} />
      <Field
        label="Password"
        autoComplete="new-password"
        secureTextEntry
        value={password}
        onChangeText={setPassword}
        onSubmitEditing={submit}
      />
      {problem !== undefined && <Words tone="danger">{problem}</Words>}
      <Button label="Make the account" isMain isDisabled={isBusy} onPress={submit} />
      <Button label="Log in instead" onPress={() => goTo('log-in')} />
    </>
  );
}
