import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, watchedPage, type WatchedPage } from '../support/browser.ts';
import { testHub, type TestHub } from '../support/hub.ts';

/** A day within Gaoyang's collection window for 2026. */
const NOW = new Date('2025-11-20T02:00:00Z');
const PATIENCE = 120_000;

const operation = (page: Page, name: string): Locator => page.locator(`[data-operation="${name}"]`);

/** Every line of the result pane that says so. */
const told = (page: Page, text: string | RegExp): Locator =>
  page.locator('.result-window .view-line', { hasText: text });

async function signInAs(page: Page, client: string, name: string): Promise<void> {
  await page.locator(`[data-client="${client}"]`).click();
  await page.locator('#yidang-status', { hasText: name }).waitFor();
}

/** Opens a ready-made operation with one click and runs it. */
async function run(page: Page, name: string): Promise<void> {
  await operation(page, name).click();
  await page.locator('.graphiql-tab-active', { hasText: name }).waitFor();
  await execute(page);
}

async function execute(page: Page): Promise<void> {
  await page.locator('.graphiql-execute-button').click();
  await told(page, '"data"').waitFor();
}

/** `SCREENSHOT=docs/playground.png`: keeps a picture of the decision for the README. */
async function takePicture(page: Page): Promise<void> {
  const path = process.env['SCREENSHOT'];
  if (!path) return;
  await page.setViewportSize({ width: 1500, height: 1040 });
  await page.locator('.result-window').hover();
  await page.mouse.wheel(0, 100);
  await told(page, '"quote"').first().waitFor();
  await page.screenshot({ path });
}

/** Of both hubs: each has pages in windows of their own. */
let browser: Browser;
beforeAll(async () => {
  if (hasBrowser) browser = await openBrowser();
}, PATIENCE);
afterAll(() => browser?.close());

/** One story on one page: each step goes on where the one before it ended. */
describe.skipIf(!hasBrowser)('the playground in a browser without internet', { timeout: PATIENCE }, () => {
  let hub: TestHub;
  let watched: WatchedPage;
  let page: Page;
  beforeAll(async () => {
    hub = await testHub({ clock: { now: () => NOW } });
    watched = await watchedPage(browser, hub.url);
    ({ page } = watched);
    await page.goto(`${hub.url}/graphql`);
  }, PATIENCE);
  afterAll(async () => {
    await watched?.page.context().close();
    await hub?.stop();
  });

  it('says how to sign in, and lists the agencies of the jurisdiction chosen', async () => {
    await page.locator('#yidang-status', { hasText: '请选择部门登录' }).waitFor();
    expect(await page.locator('#yidang-jurisdiction option').allTextContents()).toContain('屯留区');
    await page.locator('#yidang-jurisdiction').selectOption('140405');
    await page.locator('[data-client="140405:town"]').waitFor();
    await page.locator('#yidang-jurisdiction').selectOption('130628');
    expect(await page.locator('[data-client]').allTextContents()).toEqual(
      expect.arrayContaining(['医保局', '民政局', '农业农村局', '税务局']),
    );
    expect(await page.locator('[data-client][aria-pressed="true"]').count()).toBe(0);
  });

  it('lets 民政 push two rows and read the verdict on the bad one', async () => {
    await signInAs(page, '130628:civil-affairs', '高阳县民政局');
    expect(await page.locator('[data-client][aria-pressed="true"]').allTextContents()).toEqual(['民政局']);
    const labels = await page.locator('[data-operation]').allTextContents();
    expect(labels).toEqual(
      expect.arrayContaining(['推送困难人员名单', '推送死亡人员名单', '核对名单', '本部门可见的历次推送']),
    );
    expect(labels).not.toContain('推送缴费名单');
    expect(labels).not.toContain('一人一档');

    // The page opens with an operation that can be run at once.
    await execute(page);
    await told(page, '"person": null').waitFor();

    await run(page, 'PushHardship');
    for (const line of [
      '"accepted": 1',
      '"rejected": 1',
      '"outcome": "REJECTED"',
      '"row": 2',
      '"ID_NUMBER_CHECK_DIGIT"',
      '证件号码校验位不符',
    ]) {
      expect([line, await told(page, line).count()]).toEqual([line, 1]);
    }
    expect(await operation(page, 'PushHardship').getAttribute('aria-pressed')).toBe('true');
  });

  it('lets 医保 read the person and the decision with its reasons', async () => {
    const others = [
      ['130628:tax', 'PushPayments', { policyYear: 2026, amount: '40.00', paidOn: '2025-11-12', channel: 'ONLINE' }],
      ['130628:medical-insurance', 'PushEnrolments', { scheme: 'RESIDENT', region: '130628', from: '2025-01-01' }],
    ] as const;
    for (const [client, documentId, row] of others) {
      const input = {
        idempotencyKey: documentId,
        rows: [{ name: '王秀英', idNumber: '130628198001017221', ...row }],
      };
      expect((await hub.ask(client, { documentId, variables: { input } })).body.errors).toBeUndefined();
    }

    await signInAs(page, '130628:medical-insurance', '高阳县医疗保障局');
    await run(page, 'PersonDecision');
    for (const line of [
      '"name": "王**"',
      '"category": "SUBSISTENCE_ALLOWANCE"',
      '"paid": "40.00"',
      '"from": "2026-01-01"',
      '"value": "低保对象"',
      '"quote": "对低保对象',
    ]) {
      expect([line, await told(page, line).count()]).not.toEqual([line, 0]);
    }
    await takePicture(page);
  });

  it('asks with other variables: of a rejected row nothing is known', async () => {
    await page.locator('.graphiql-editor-tool').getByText('130628198001017221').dblclick();
    await page.keyboard.insertText('130628201606307293');
    await execute(page);
    await told(page, '"person": null').waitFor();
    expect(await told(page, '"name"').count()).toBe(0);
  });

  it('keeps what was typed to its own window, and brings back a closed operation', async () => {
    expect(await page.evaluate('Object.keys(localStorage)')).toContain('graphiql:variables');
    expect((await page.context().storageState()).origins).toEqual([]);
    await page.locator('.graphiql-tab-active .graphiql-tab-close').click();
    await page.locator('.graphiql-tab', { hasText: 'PersonDecision' }).waitFor({ state: 'detached' });
    page.once('dialog', (dialog) => void dialog.accept());
    await operation(page, 'PersonDecision').click();
    await page.locator('.graphiql-tab', { hasText: 'PersonDecision' }).waitFor();
  });

  it('follows a submission event by event', async () => {
    await operation(page, 'SubmissionProgress').click();
    await page.locator('.graphiql-tab-active', { hasText: 'SubmissionProgress' }).waitFor();
    await page.locator('.graphiql-execute-button').click();
    // Its variables name no submission yet: that none is found comes as the one event of a stream.
    await told(page, '"NOT_FOUND"').waitFor();
    expect(await told(page, '"submissionProgress"').count()).toBe(1);
  });

  it('explains the graph', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    const docs = page.locator('.graphiql-doc-explorer');
    await docs.getByRole('link', { name: 'Query', exact: true }).click();
    expect(await docs.getByText('按证件号码查一人').textContent()).toContain('One person by document');
  });

  it('has asked nobody but the hub, and met no error', () => {
    expect(watched.strayed).toEqual([]);
    expect(watched.faults).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('the playground of a hub whose tokens come from elsewhere', { timeout: PATIENCE }, () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await testHub({
      environment: { ISSUER_URL: 'https://login.example', ISSUER_JWKS_URL: 'https://login.example/jwks' },
    });
  }, PATIENCE);
  afterAll(() => hub?.stop());

  it('signs nobody in, and asks for a token of one’s own', async () => {
    const { page, strayed } = await watchedPage(browser, hub.url);
    await page.goto(`${hub.url}/graphql?as=130628:civil-affairs`);
    await page.locator('.graphiql-tab', { hasText: 'PersonDecision' }).waitFor();
    expect(await page.locator('#yidang-bar').count()).toBe(0);
    expect(await page.evaluate(`fetch('/dev/sign-in', { method: 'POST' }).then(({ status }) => status)`)).toBe(404);
    await page.locator('.graphiql-execute-button').click();
    await told(page, '"UNAUTHENTICATED"').waitFor();
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool .view-line', { hasText: '"authorization": "Bearer "' }).waitFor();
    expect(strayed).toEqual([]);
  });
});
