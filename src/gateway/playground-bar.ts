/** How the bar above GraphiQL looks. */
export const PLAYGROUND_BAR_STYLE = `
  html, body { height: 100%; margin: 0; }
  body { display: flex; flex-direction: column; }
  #root { flex: 1; min-height: 0; }
  #root .graphiql-container { height: 100%; width: 100%; }
  #yidang-bar {
    display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 8px 12px;
    font: 14px/1.5 system-ui, 'Noto Sans CJK SC', 'WenQuanYi Zen Hei', 'PingFang SC', 'Microsoft YaHei', sans-serif;
    background: #12324f; color: #fff;
  }
  #yidang-bar select, #yidang-bar button {
    font: inherit; color: #12324f; background: #fff; border: 1px solid #fff; border-radius: 4px; padding: 2px 8px; cursor: pointer;
  }
  #yidang-bar button[aria-pressed='true'] { background: #ffd24d; border-color: #ffd24d; font-weight: 600; }
  #yidang-bar output { margin-left: auto; }
`;

/**
 * The bar itself, as the text of a function of the page's state (`{ agency, jurisdictions }`). Choosing an agency loads the page
 * made for it, with the operations it may use as tabs; the page then signs in, and again before each token ends.
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
  const status = element('output', { id: 'yidang-status' });
  const say = (text) => { status.textContent = text; };

  const signIn = async () => {
    const response = await plainFetch('/dev/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client: state.agency }),
    });
    if (!response.ok) { say('登录失败 / sign-in failed'); return null; }
    const answer = await response.json();
    token = { text: answer.access_token, until: Date.now() + answer.expires_in * 1000 };
    say('已登录 / signed in: ' + state.agency);
    return token;
  };
  const currentToken = () => {
    if (!state.agency) return null;
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

  // Tabs belong to the agency they were made for.
  if (localStorage.getItem('yidang:agency') !== (state.agency || '')) {
    for (const key of Object.keys(localStorage)) if (key.startsWith('graphiql:')) localStorage.removeItem(key);
    localStorage.setItem('yidang:agency', state.agency || '');
  }

  const [signedIn] = (state.agency || '').split(':');
  const agencies = element('span', { id: 'yidang-agencies' });
  const choose = element('select', { id: 'yidang-jurisdiction', ariaLabel: '统筹区 / jurisdiction' });
  const showAgencies = () => {
    const chosen = state.jurisdictions.find((jurisdiction) => jurisdiction.id === choose.value);
    agencies.replaceChildren(...(chosen ? chosen.agencies : []).map((agency) => {
      const button = element('button', { type: 'button', textContent: agency.name, title: agency.client });
      button.dataset.client = agency.client;
      button.setAttribute('aria-pressed', String(agency.client === state.agency));
      button.addEventListener('click', () => { location.href = '/graphql?as=' + encodeURIComponent(agency.client); });
      return button;
    }));
    agencies.style.cssText = 'display:flex;flex-wrap:wrap;gap:6px';
  };
  for (const jurisdiction of state.jurisdictions) {
    choose.append(element('option', { value: jurisdiction.id, textContent: jurisdiction.name }));
  }
  if (signedIn) choose.value = signedIn;
  choose.addEventListener('change', showAgencies);
  showAgencies();
  document.body.append(element('header', { id: 'yidang-bar' },
    element('strong', { textContent: '一档 Yidang' }),
    element('span', { textContent: '以部门身份登录（仅开发环境）:' }),
    choose, agencies, status));
  if (state.agency) void currentToken();
  else say('未登录 / not signed in');
})`;
