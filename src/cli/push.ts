import { pushFile } from './push/push-file.ts';
import { readPushOptions } from './push/push-options.ts';
import { openAccess } from './push/tokens.ts';

// `npm run push -- hardship list.xlsx --as 130628:civil-affairs`: pushes a file, waits until it is taken in and tells what became of it.
try {
  const options = readPushOptions(process.argv.slice(2), process.env);
  process.exitCode = await pushFile(options, await openAccess(options, process.env), {
    print: (line) => void process.stdout.write(`${line}\n`),
    screen: process.stderr,
  });
} catch (error) {
  const { message, cause } = error as Error;
  process.stderr.write(`${message}${cause instanceof Error ? ` (${cause.message})` : ''}\n`);
  process.exitCode = 2;
}
