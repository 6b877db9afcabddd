/** Where the bytes of a file lie in the storage: what comes of it, and the file itself. */
export const incoming = (id: string): string => `incoming/${id}`;
export const whole = (id: string): string => `files/${id}`;

export const bodyOf = (id: string): string => `${whole(id)}/body`;
export const thumbnailOf = (id: string): string => `${whole(id)}/thumbnail`;
