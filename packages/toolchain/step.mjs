import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs one step of the preparation. It says what it does on standard error, and again every ten seconds; what the
 * command itself prints is shown only when it fails. Standard output belongs to the task.
 */
export async function step(label, command, args, { cwd, env }) {
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  console.error(`parley: ${label} …`);
  const still = setInterval(() => console.error(`parley: … still ${label} (${seconds()})`), 10_000);
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  try {
    const [code, signal] = await once(child, 'close');
    if (code !== 0)
      throw new StepFailed(`${output.trim()}\nparley: ${label} failed (${signal ?? `exit code ${code}`})`);
  } catch (error) {
    if (error instanceof StepFailed) throw error;
    throw new StepFailed(`parley: ${label} failed: ${error.message}`);
  } finally {
    clearInterval(still);
  }
  console.error(`parley: ${label}: done in ${seconds()}`);
}

/** A step that did not succeed. Its message is all there is to say. */
export class StepFailed extends Error {}
