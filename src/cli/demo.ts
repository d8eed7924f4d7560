import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, loadConfig, type Config } from '../config.ts';
import { freePort } from './demo/free-port.ts';
import { runDemo } from './demo/run-demo.ts';

const print = console.log;

/** `npm run demo [-- --exit]`: a hub with sample lists of every jurisdiction, which then serves until it is told to stop. */
async function main(interrupted: AbortSignal): Promise<void> {
  const { values } = parseArgs({ options: { exit: { type: 'boolean', default: false } } });
  const config = await demoConfig(process.env);
  const hub = await runDemo(config, print, interrupted);
  try {
    if (hub.news === 0)
      print('\n全部名单此前已收到，数据没有变化 / every list had been received before, nothing was changed');
    if (values.exit) return;
    print(farewell(hub.url, config));
    await aborted(interrupted);
    print('正在停止…… / stopping…');
  } finally {
    await hub.stop();
  }
}

/** The settings of a demonstration: a development hub on a data folder of its own. Of the environment only what is named here is taken. */
async function demoConfig({ HOST, PORT, DATA_DIR, DATABASE_URL, LOG_LEVEL }: NodeJS.ProcessEnv): Promise<Config> {
  const settings = {
    YIDANG_ENV: 'development',
    HOST,
    PORT,
    DATABASE_URL,
    DATA_DIR: join(DATA_DIR || '.data', 'demo'),
    LOG_LEVEL: LOG_LEVEL || 'warn',
  };
  const config = loadConfig(settings);
  const port = await freePort(config.host, config.port);
  if (port === config.port) return config;
  print(`端口 ${config.port} 已被占用，改用 ${port} / port ${config.port} is in use, using ${port}`);
  return loadConfig({ ...settings, PORT: String(port) });
}

const farewell = (url: string, { dataDir, publicUrl }: Config): string => `
调试页 / playground: ${url}/graphql
  选择部门，一键登录，运行备好的操作 / choose an agency, sign in with one click, run its ready-made operations
令牌 / a token for curl:
  DATA_DIR=${dataDir} PUBLIC_URL=${publicUrl} npm run --silent token -- 130628:civil-affairs
按 Ctrl-C 结束 / Ctrl-C ends; 数据 / data: ${dataDir}`;

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
}

/** What went wrong as who started the demonstration should read it: what is expected to happen has no stack. */
function reasonOf(error: unknown): string {
  if (error instanceof ConfigError)
    return `设置有误，未启动 / not started, the settings are not usable:\n${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

const interrupt = new AbortController();
// Whenever it comes: npm passes on a Ctrl-C that the terminal has told the whole group, and the second must not end it in the middle.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort());
try {
  await main(interrupt.signal);
} catch (error) {
  if (!interrupt.signal.aborted) {
    console.error(reasonOf(error));
    process.exitCode = 1;
  }
}
