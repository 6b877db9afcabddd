/** Whatever can be woken: a client. */
export interface Wakeable {
  wake(): void;
}

/** What is used of React Native's `AppState`, by its shape. */
export interface AppStateLike {
  addEventListener(type: 'change', listener: (state: string) => void): { remove(): void };
}

/**
 * Wakes the client when the application comes to the foreground: a connection that was lost meanwhile is made anew at
 * once. Until the function it returns is called.
 */
export function wakeOnAppState(client: Wakeable, appState: AppStateLike): () => void {
  const subscription = appState.addEventListener('change', (state) => {
    if (state === 'active') client.wake();
  });
  return () => subscription.remove();
}

/** What is used of `@react-native-community/netinfo`, by its shape. */
export interface NetInfoLike {
  addEventListener(listener: (state: NetInfoStateLike) => void): () => void;
}
export interface NetInfoStateLike {
  /** `wifi`, `cellular`, … */
  type: string;
  isConnected: boolean | null;
}

/**
 * Wakes the client when the device has a network again, or another one. Until the function it returns is called.
 */
export function wakeOnNetInfo(client: Wakeable, netInfo: NetInfoLike): () => void {
  let network: string | null = null;
  return netInfo.addEventListener(({ type, isConnected }) => {
    const before = network;
    network = isConnected ? type : null;
    // NetInfo tells the present state to begin with.
    if (network !== null && network !== before) client.wake();
  });
}
