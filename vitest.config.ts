import { defineConfig } from 'vitest/config';
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node';
import { COMPILED } from './apps/server/test/compiled.ts';

/** Says by name what could not be run, for want of Docker for one. */
const skipped: Reporter = {
  onTestRunEnd(files) {
    for (const file of files) {
      for (const { fullName } of file.children.allTests('skipped'))
        process.stdout.write(`Skipped: ${fullName}\n`);
    }
  },
};

/** The browser's tests are one long file. It begins first, and the others fill the rest of the time beside it. */
class BrowserFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => Number(isBrowser(other)) - Number(isBrowser(one)));
  }
}
const isBrowser = ({ project }: TestSpecification): boolean => project.name === 'apps/web';

// What one worker has compiled, the next one finds. What is read from there cannot be counted for the coverage.
if (!process.argv.some((argument) => argument.startsWith('--coverage'))) Object.assign(process.env, COMPILED);

/** `vitest run --mode long` runs the `*.long.test.ts` alone; without it they stay out. */
export default defineConfig(({ mode }) => {
  const long = mode === 'long';
  const files = {
    include: [long ? '**/*.long.test.ts' : '**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(long ? [] : ['**/*.long.test.ts'])],
    // What never comes is found soon enough; a machine that does ten other things is slow, and has no faults.
    testTimeout: long ? 600_000 : 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000, interval: 20 } },
    // Each call leaves a lot behind that lives for milliseconds: seldom collected, it costs a tenth less.
    execArgv: ['--min-semi-space-size=64', '--max-semi-space-size=64'],
  };
  return {
    test: {
      projects: ['packages/contract', 'packages/client', 'apps/server', 'apps/replay', 'apps/web'].map(
        (root) => ({
          // To load the code, and to start a process, takes longer than most files take: those of one worker share it.
          test: { ...files, name: root, root, isolate: long || root === 'apps/web' },
        }),
      ),
      sequence: { sequencer: BrowserFirst },
      // One Postgres for the tests of all of them.
      globalSetup: 'apps/server/test/global-setup.ts',
      // What measures time is not to be disturbed. All others wait for clocks and each other a third of their time.
      maxWorkers: long ? 1 : 4,
      passWithNoTests: true,
      reporters: ['default', skipped],
      coverage: {
        provider: 'v8',
        include: ['packages/*/src/**', 'apps/*/src/**'],
        exclude: ['**/generated/**', 'apps/mobile/**'],
      },
    },
  };
});
