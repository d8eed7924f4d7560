import { comparePackFile } from './compare-packs/compare-pack-file.ts';
import { readCompareOptions } from './compare-packs/compare-options.ts';
import { openAccess } from './push/tokens.ts';

// `npm run compare-packs -- changed-pack.yaml --as 130628:medical-insurance`: what a changed pack would mean for everybody.
try {
  const options = readCompareOptions(process.argv.slice(2), process.env);
  await comparePackFile(options, await openAccess(options, process.env), {
    print: (line) => void process.stdout.write(`${line}\n`),
    screen: process.stderr,
  });
} catch (error) {
  const { message, cause } = error as Error;
  process.stderr.write(`${message}${cause instanceof Error ? ` (${cause.message})` : ''}\n`);
  process.exitCode = 2;
}
