import { ConfigError } from '../config.ts';

/** Something that serves and can be asked to stop. */
interface Serving {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a server and serves until SIGTERM or SIGINT, then finishes what is under way and ends the process with 0. A start that
 * fails ends it with 1 and its reason on stderr; a stop that fails likewise.
 */
export async function serveUntilStopped(
  start: () => Promise<Serving>,
  greet: (serving: Serving) => string,
): Promise<void> {
  try {
    const serving = await start();
    process.stderr.write(`${greet(serving)}\n`);
    await stopSignal();
    await serving.stop();
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exitCode = 1;
  }
}

/** Why a start failed, as its operator should read it: settings without a stack, anything else with one. */
function reasonOf(error: unknown): string {
  if (error instanceof ConfigError)
    return `设置有误，未启动 / not started, the settings are not usable:\n${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}
