/** A path under an address of the configuration, which may end in slashes. */
export const urlUnder = (base: string, path: string): string => `${base.replace(/(?<!\/)\/+$/, '')}${path}`;
