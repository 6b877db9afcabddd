import type { ReactNode } from 'react';
import { Pressable, StyleSheet, Text, TextInput, type TextInputProps, View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { useLook } from './look.ts';

type Tone = 'text' | 'quiet' | 'danger' | 'accent';

export function Words({
  children,
  tone = 'text',
  size = 15,
  isStrong = false,
  lines,
}: {
  children: ReactNode;
  tone?: Tone;
  size?: number;
  isStrong?: boolean;
  /** Cut off after so many. */
  lines?: number;
}) {
  const look = useLook();
  return (
    <Text
      numberOfLines={lines}
      style={{ color: look[tone], fontSize: size, fontWeight: isStrong ? '600' : '400' }}
    >
      {children}
    </Text>
  );
}

/** A screen's name and what can be done on it; `onBack` leads to where one came from. */
export function Bar({
  title,
  below,
  onBack,
  children,
}: {
  title: string;
  below?: string | undefined;
  onBack?: () => void;
  children?: ReactNode;
}) {
  const look = useLook();
  const { top } = useSafeAreaInsets();
  return (
    <View
      style={[
        styles.bar,
        { paddingTop: top + 8, backgroundColor: look.surface, borderBottomColor: look.line },
      ]}
    >
      {onBack && <Button label="Back" text="‹" onPress={onBack} />}
      <View style={styles.grow}>
        <Text role="heading" numberOfLines={1} style={[styles.title, { color: look.text }]}>
          {title}
        </Text>
        {below !== undefined && (
          <Words tone="quiet" size={13} lines={1}>
            {below}
          </Words>
        )}
      </View>
      {children}
    </View>
  );
}

export function Button({
  label,
  text = label,
  isMain = false,
  isDisabled = false,
  onPress,
}: {
  /** What it is read out as. */
  label: string;
  text?: string;
  isMain?: boolean;
  isDisabled?: boolean;
  onPress: () => void;
}) {
  const look = useLook();
  return (
    <Pressable
      role="button"
      aria-label={label}
      disabled={isDisabled}
      onPress={onPress}
      style={[styles.button, isMain && { backgroundColor: look.accent }, isDisabled && styles.disabled]}
    >
      <Text style={[styles.buttonText, { color: isMain ? look.onAccent : look.accent }]}>{text}</Text>
    </Pressable>
  );
}

export function Field({ label, ...rest }: { label: string } & TextInputProps) {
  const look = useLook();
  return (
    <View style={styles.field}>
      <Words tone="quiet" size={13}>
        {label}
      </Words>
      <TextInput
        aria-label={label}
        autoCapitalize="none"
        autoCorrect={false}
        {...rest}
        style={[styles.input, { color: look.text, borderColor: look.line, backgroundColor: look.surface }]}
      />
    </View>
  );
}

const styles = StyleSheet.create({
  bar: {
    flexDirection: 'row',
    alignItems: 'center',
    gap: 4,
    paddingHorizontal: 12,
    paddingBottom: 8,
    borderBottomWidth: StyleSheet.hairlineWidth,
  },
  grow: { flex: 1, minWidth: 0 },
  title: { fontSize: 19, fontWeight: '600' },
  button: {
    minHeight: 44,
    minWidth: 44,
    paddingHorizontal: 12,
    borderRadius: 12,
    alignItems: 'center',
    justifyContent: 'center',
  },
  buttonText: { fontSize: 16, fontWeight: '600' },
  disabled: { opacity: 0.5 },
  field: { gap: 4 },
  input: { minHeight: 44, borderWidth: 1, borderRadius: 12, paddingHorizontal: 12, fontSize: 16 },
});
