import { fileInfo, filePurpose, id, timestamp } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { completeUpload } from './complete-upload.ts';
import { createUpload } from './create-upload.ts';
import { linkFile } from './link.ts';
import { givenName } from './name.ts';

export const uploadsRouter = {
  /**
   * Begins an upload of so many bytes. Returns where to send them with `PUT`, until `expiresAt`, which is 24 hours
   * later; docs/files.md says how to go on after the connection broke.
   *
   * Errors: `FILE_TOO_LARGE`, `QUOTA_EXCEEDED`, `TOO_MANY` (uploads), `BUSY` when there is no room. Events: none.
   */
  create: procedure
    .meta({ errors: ['FILE_TOO_LARGE', 'QUOTA_EXCEEDED', 'TOO_MANY', 'BUSY'], limits: ['uploads'] })
    .input(z.strictObject({ purpose: filePurpose, name: givenName, size: z.int().min(1) }))
    .output(z.object({ uploadId: id, url: z.string(), expiresAt: timestamp }))
    .mutation(({ ctx, input }) => createUpload(ctx, input)),

  /**
   * Makes a file of an upload whose bytes are all there, and returns it; again, the same. Its type is what is in it.
   * An image is written anew, without anything but its pixels. What nothing has used after 24 hours is removed.
   *
   * Errors: `NOT_FOUND` (upload), `UPLOAD_INCOMPLETE`, `FILE_TOO_LARGE`, `FILE_TYPE_REFUSED` (the upload is gone then),
   * `BUSY`. Events: none.
   */
  complete: procedure
    .meta({ errors: ['NOT_FOUND', 'UPLOAD_INCOMPLETE', 'FILE_TOO_LARGE', 'FILE_TYPE_REFUSED', 'BUSY'] })
    .input(z.strictObject({ uploadId: id }))
    .output(fileInfo)
    .mutation(({ ctx, input }) => completeUpload(ctx, input)),
} satisfies TRPCRouterRecord;

export const filesRouter = {
  /**
   * Returns how to download a file that the caller may see, with `GET` and for five minutes. The link is for the
   * caller's session, and no good any more once they may not see the file.
   *
   * Errors: `NOT_FOUND` (file).
   */
  link: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(z.strictObject({ fileId: id }))
    .output(z.object({ url: z.string(), thumbnailUrl: z.string().nullable(), expiresAt: timestamp }))
    .query(({ ctx, input }) => linkFile(ctx, input)),
} satisfies TRPCRouterRecord;
