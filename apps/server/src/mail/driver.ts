/** A mail that is ready to leave: to one mailbox, in two forms of the same content. */
export interface Mail {
  to: string;
  subject: string;
  html: string;
  text: string;
}

/** How mail leaves the house. */
export interface MailDriver {
  /**
   * Gives a mail to whoever delivers it, and resolves once they have taken it. The same key again is the same
   * mail, where they know of keys. Throws `JobFailure`, final when the mail would be refused again.
   */
  deliver(mail: Mail, idempotencyKey: string): Promise<void>;
  close(): Promise<void>;
}
