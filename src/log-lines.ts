import { pino, type DestinationStream } from 'pino';

/** Characters of lines that go out at once, before the turn in which they were logged is over. */
const MOST_HELD = 8 * 1024;

// One for the process, as its standard output is.
const output = pino.destination({ dest: 1, sync: true });
process.on('exit', () => {
  flush();
  output.flushSync();
});

let [held, characters]: [string[], number] = [[], 0];
let waiting: NodeJS.Immediate | undefined;
function flush(): void {
  clearImmediate(waiting);
  waiting = undefined;
  if (held.length === 0) return;
  const lines = held.join('');
  [held, characters] = [[], 0];
  output.write(lines);
}

/**
 * Takes log lines to standard output: all that are logged in one turn of the event loop by one write at its end. A write for each costs
 * more than all else about it. Nothing is held any longer, so that a process that is killed has told all but its last turn.
 */
export const logLines: DestinationStream = {
  write: (line) => {
    held.push(line);
    characters += line.length;
    if (characters > MOST_HELD) flush();
    else waiting ??= setImmediate(flush);
  },
};
