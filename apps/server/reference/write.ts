import { writeFileSync } from 'node:fs';
import { outcome } from './outcome.ts';

/** Writes docs/openapi.json and docs/reference.md from the code; see CONTRIBUTING.md for what is refused. */
const { files, stale, refusals } = outcome();
if (refusals.length > 0) {
  process.stderr.write(`Apps in the field cannot bear this in the same WIRE_VERSION:\n`);
  for (const line of refusals) process.stderr.write(`  ${line}\n`);
  process.exitCode = 1;
} else {
  for (const [file, text] of Object.entries(files)) writeFileSync(file, text);
  process.stdout.write(stale.length > 0 ? `Written: ${stale.join(', ')}\n` : 'Nothing has changed\n');
}
