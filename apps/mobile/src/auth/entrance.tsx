import { type ComponentType, useState } from 'react';
import { KeyboardAvoidingView, ScrollView, StyleSheet } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import type { Server } from '../chat/use-server.ts';
import { useLook } from '../look/look.ts';
import { Field, Words } from '../look/parts.tsx';
import { LogIn } from './log-in.tsx';
import { SignUp } from './sign-up.tsx';
import { VerifyEmail } from './verify-email.tsx';

export type Page = 'log-in' | 'sign-up' | 'verify';

/** What each of the pages is given. */
export interface PageProps {
  connect(): ReturnType<Server['choose']>;
  /** With the address that a mail was sent to. */
  goTo(page: Page, email?: string): void;
  email: string;
}

const PAGES: Record<Page, ComponentType<PageProps>> = {
  'log-in': LogIn,
  'sign-up': SignUp,
  verify: VerifyEmail,
};

/** For whoever is not signed in: which server it is, and one of the pages. */
export function Entrance({ server, isSessionOver }: { server: Server; isSessionOver: boolean }) {
  const look = useLook();
  const { top, bottom } = useSafeAreaInsets();
  const [address, setAddress] = useState(server.address ?? '');
  const [{ page, email }, setPlace] = useState<{ page: Page; email: string }>({ page: 'log-in', email: '' });
  const Form = PAGES[page];
  return (
    <KeyboardAvoidingView behavior="padding" style={[styles.whole, { backgroundColor: look.page }]}>
      <ScrollView
        keyboardShouldPersistTaps="handled"
        contentContainerStyle={[styles.form, { paddingTop: top + 32, paddingBottom: bottom + 32 }]}
      >
        <Words size={28} isStrong>
          Parley
        </Words>
        {isSessionOver && <Words>Your session is over. Log in again to go on.</Words>}
        <Field
          label="Server"
          placeholder="chat.example.com"
          placeholderTextColor={look.quiet}
          inputMode="url"
          value={address}
          onChangeText={setAddress}
        />
        <Form
          connect={() => server.choose(address)}
          goTo={(next, to = '') => setPlace({ page: next, email: to })}
          email={email}
        />
      </ScrollView>
    </KeyboardAvoidingView>
  );
}

const styles = StyleSheet.create({
  whole: { flex: 1 },
  form: { gap: 12, paddingHorizontal: 24, width: '100%', maxWidth: 480, alignSelf: 'center' },
});
