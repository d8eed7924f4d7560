import { pino, type DestinationStream } from 'pino';

/** Bytes of lines that go out at once, before the turn in which they were logged is over. */
const MOST_HELD = 8 * 1024;

// One for the process, as its standard output is.
const output = pino.destination({ dest: 1, sync: true, minLength: MOST_HELD });
process.on('exit', () => output.flushSync());

let waiting: NodeJS.Immediate | undefined;
const flush = (): void => {
  waiting = undefined;
  output.flush();
};

/**
 * Takes log lines to standard output: all that are logged in one turn of the event loop by one write at its end. A write for each costs
 * more than all else about it. Nothing is held any longer, so that a process that is killed has told all but its last turn.
 */
export const logLines: DestinationStream = {
  write: (line) => {
    output.write(line);
    waiting ??= setImmediate(flush);
  },
};
