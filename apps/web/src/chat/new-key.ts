/** A key by which the server knows a message that it was sent before: a UUID of version 7. */
export function newKey(): string {
  const now = Date.now().toString(16).padStart(12, '0');
  const random = crypto.randomUUID();
  return `${now.slice(0, 8)}-${now.slice(8)}-7${random.slice(15)}`;
}
