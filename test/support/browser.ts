import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Debian's Chromium, unless told otherwise. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** False where there is no Chromium to try pages in; in CI it must be there, so that nothing goes untried unseen. */
export const hasBrowser = existsSync(CHROMIUM) || process.env['CI'] !== undefined;
if (!hasBrowser) {
  console.warn(`no Chromium at ${CHROMIUM}, pages are not tried: apt-get install chromium, or set CHROMIUM`);
}

/** A headless Chromium with a fresh profile that reaches nothing but this machine. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/** A page, and what went wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  /** Addresses of another origin that the page asked for; none of them was answered. */
  readonly strayed: readonly string[];
  /** Errors of its scripts and of the console, such as what its content policy forbade. */
  readonly faults: readonly string[];
}

/** A page in a window of its own, as tall as its content so that every line of an editor is on it, kept to one origin. */
export async function watchedPage(browser: Browser, origin: string): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 4000 } });
  // Half a minute, as it is by default, is not much for a page to be drawn on a machine that does other things besides.
  context.setDefaultTimeout(100_000);
  const strayed: string[] = [];
  const faults: string[] = [];
  await context.route('**/*', (route) => {
    const { protocol, origin: asked } = new URL(route.request().url());
    if (asked === origin || protocol === 'data:') return route.continue();
    strayed.push(route.request().url());
    return route.abort();
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  return { page, strayed, faults };
}
