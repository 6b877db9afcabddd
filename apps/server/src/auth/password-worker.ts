import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcryptjs';
import type { PasswordJob } from './password-pool.ts';

// Runs in a thread of its own: here bcrypt may take its time.
parentPort!.on('message', (job: PasswordJob) => {
  const answer =
    job.kind === 'hash' ? bcrypt.hashSync(job.secret, job.cost) : bcrypt.compareSync(job.secret, job.hash);
  parentPort!.postMessage(answer);
});
