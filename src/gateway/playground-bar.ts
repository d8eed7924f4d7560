/**
 * How the bar above GraphiQL looks, and GraphiQL in the room that is left. Its tabs stand still: when first touched they would
 * fly in from where they were drawn first, away from under the pointer. Chinese punctuation is not marked as a mistake.
 */
export const PLAYGROUND_BAR_STYLE = `
  html, body { height: 100%; margin: 0; }
  body { display: flex; flex-direction: column; }
  #root { flex: 1; min-height: 0; }
  #root .graphiql-container { height: 100%; }
  #root .graphiql-logo { display: none; }
  #root .graphiql-tab { transform: none !important; }
  #root .unicode-highlight { border: 0 !important; background: none !important; }
  #yidang-bar {
    display: grid; grid-template-columns: max-content 1fr; gap: 6px 12px; align-items: center; padding: 8px 12px;
    font: 14px/1.4 system-ui, 'Noto Sans CJK SC', 'WenQuanYi Zen Hei', 'PingFang SC', 'Microsoft YaHei', sans-serif;
    background: #12324f; color: #fff;
  }
  #yidang-bar > div { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; }
  #yidang-bar select, #yidang-bar button {
    font: inherit; color: #12324f; background: #fff; border: 1px solid #fff; border-radius: 4px; padding: 1px 8px; cursor: pointer;
  }
  #yidang-operations button { background: #d9e6f2; border-color: #d9e6f2; }
  #yidang-bar button[aria-pressed='true'] { background: #ffd24d; border-color: #ffd24d; font-weight: 600; }
  #yidang-bar output { margin-left: auto; }
  #yidang-bar output.absent { color: #ffd24d; font-weight: 600; }
`;

/** What the bar is told by the page it stands on. */
export interface PlaygroundBarState {
  /** The client whose page it is; null where nobody has signed in. */
  readonly agency: string | null;
  /** Tells whether the tabs that a browser has kept are those of this page. */
  readonly edition: string;
  /** The variables of the first tab, as text; empty where it takes none. */
  readonly firstVariables: string;
  readonly jurisdictions: readonly {
    readonly id: string;
    readonly name: string;
    readonly agencies: readonly { readonly client: string; readonly label: string; readonly name: string }[];
  }[];
  /** The operations that the agency may use, as the tabs have them. */
  readonly operations: readonly { readonly name: string; readonly label: string; readonly about: string }[];
}

/**
 * The bar itself, as the text of a function of the page's state. Choosing an agency loads the page made for it, with the operations
 * it may use as tabs; the page then signs in, and again before each token ends.
 */
export const PLAYGROUND_BAR_SCRIPT = `(function (state) {
  'use strict';
  const EARLY = 30000;
  const plainFetch = window.fetch.bind(window);
  let token = null;
  let pending = null;

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const status = element('output', { id: 'yidang-status', className: 'absent' });
  const say = (text, present) => { status.textContent = text; status.classList.toggle('absent', !present); };
  const visit = (client) => { location.href = '/graphql?as=' + encodeURIComponent(client); };
  const all = state.jurisdictions.flatMap((jurisdiction) => jurisdiction.agencies);
  const mine = all.find((agency) => agency.client === state.agency);

  const signIn = async () => {
    const response = await plainFetch('/dev/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client: state.agency }),
    });
    if (!response.ok) { say('登录失败 / sign-in failed'); return null; }
    const answer = await response.json();
    token = { text: answer.access_token, until: Date.now() + answer.expires_in * 1000 };
    say('已登录 / signed in: ' + mine.name, true);
    return token;
  };
  const currentToken = () => {
    if (!mine) return null;
    if (token && Date.now() < token.until - EARLY) return token;
    pending = pending || signIn().finally(() => { pending = null; });
    return pending;
  };
  window.fetch = async (input, init) => {
    const url = new URL(typeof input === 'string' ? input : input.url || String(input), location.href);
    if (url.pathname !== '/graphql') return plainFetch(input, init);
    const request = new Request(input, init);
    const valid = request.headers.has('authorization') ? null : await currentToken();
    if (valid) request.headers.set('authorization', 'Bearer ' + valid.text);
    return plainFetch(request);
  };

  // Two windows may be two agencies; and what was typed about people must not outlive the window.
  Object.defineProperty(window, 'localStorage', { value: window.sessionStorage });
  const made = (state.agency || '') + ' ' + state.edition;
  if (localStorage.getItem('yidang:made') !== made) {
    localStorage.clear();
    localStorage.setItem('yidang:made', made);
    // GraphiQL shows the variables of the tab that it starts with from here alone.
    localStorage.setItem('graphiql:variables', state.firstVariables);
  }

  const agencies = element('div', { id: 'yidang-agencies' });
  const choose = element('select', { id: 'yidang-jurisdiction', ariaLabel: '统筹区 / jurisdiction' });
  const showAgencies = () => {
    const chosen = state.jurisdictions.find((jurisdiction) => jurisdiction.id === choose.value);
    agencies.replaceChildren(...(chosen ? chosen.agencies : []).map((agency) => {
      const button = element('button', { type: 'button', textContent: agency.label, title: agency.name + ' ' + agency.client });
      button.dataset.client = agency.client;
      button.setAttribute('aria-pressed', String(agency === mine));
      button.addEventListener('click', () => visit(agency.client));
      return button;
    }));
  };
  for (const jurisdiction of state.jurisdictions) {
    choose.append(element('option', { value: jurisdiction.id, textContent: jurisdiction.name }));
  }
  if (mine) choose.value = state.agency.split(':')[0];
  choose.addEventListener('change', showAgencies);
  showAgencies();

  const tabs = () => [...document.querySelectorAll('.graphiql-tab-button')];
  const open = (name) => {
    const tab = tabs().find((one) => one.textContent === name);
    if (tab) tab.click();
    else if (confirm('该标签已关闭，要恢复全部现成操作吗？ / Its tab was closed; restore all ready-made operations?')) {
      // The page that comes clears them: GraphiQL may still write its tabs while this one lasts.
      localStorage.removeItem('yidang:made');
      visit(state.agency);
    }
  };
  const operations = element('div', { id: 'yidang-operations' }, ...state.operations.map(({ name, label, about }) => {
    const button = element('button', { type: 'button', textContent: label, title: name + '\\n' + about });
    button.dataset.operation = name;
    button.addEventListener('click', () => open(name));
    return button;
  }));
  const showOpened = () => {
    const opened = tabs().find((one) => one.closest('.graphiql-tab-active'));
    for (const button of operations.children) {
      button.setAttribute('aria-pressed', String(opened !== undefined && opened.textContent === button.dataset.operation));
    }
  };
  new MutationObserver(showOpened).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-selected'] });

  document.body.append(element('header', { id: 'yidang-bar' },
    element('strong', { textContent: '一档 Yidang' }), element('div', {}, choose, status),
    element('span', { textContent: '登录 / sign in' }), agencies,
    ...(mine ? [element('span', { textContent: '现成操作 / operations' }), operations] : [])));
  if (mine) void currentToken();
  else say('请选择部门登录（仅开发环境） / choose an agency to sign in (development only)');
})`;
