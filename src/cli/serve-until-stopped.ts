import { ConfigError } from '../config.ts';
import { faultForLog } from '../gateway/error-answer.ts';

/** Something that serves or works and can be asked to stop. */
interface Serving {
  stop(): Promise<void>;
}

/**
 * Starts a server and serves until SIGTERM, SIGINT or the end of the process that started it as its child, then finishes what is under way and ends the process with 0. A start that
 * fails ends it with 1 and its reason on stderr; a stop that fails likewise. An error that nobody caught ends it with 1 too.
 */
export async function serveUntilStopped<S extends Serving>(
  start: () => Promise<S>,
  greet: (serving: S) => string,
): Promise<void> {
  // Everything is loaded by now: whatever a request or a file says, no object can be given members it has not got. Some packages
  // write such members while they are being loaded, so not before.
  Object.freeze(Object.prototype);
  process.on('uncaughtException', die);
  try {
    const serving = await start();
    // Whoever reads the greeting may ask for the end at once.
    const asked = stopSignal();
    process.stderr.write(`${greet(serving)}\n`);
    await asked;
    await serving.stop();
    // Whoever listens for the end of the process that started it goes on as long as that one does.
    if (process.connected) process.disconnect();
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exitCode = 1;
  }
}

/** Left to itself Node would print the error whole: its message, and all that the database said of the row. */
function die(error: unknown): void {
  process.stderr.write(`${JSON.stringify({ fault: faultForLog(error), msg: 'uncaught' })}\n`);
  process.exit(1);
}

/** Why a start failed, as its operator should read it: settings without a stack, anything else with one. */
function reasonOf(error: unknown): string {
  if (error instanceof ConfigError)
    return `设置有误，未启动 / not started, the settings are not usable:\n${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    // Whenever it comes: npm passes on a Ctrl-C that the terminal has told the whole group, and the second must not end it in the middle.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
    // A child ends with the process that started it, however that one went.
    process.once('disconnect', () => resolve());
  });
}
