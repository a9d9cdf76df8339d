/** In a shadow root: neither do the styles of the page apply here, nor these to the page. */
const STYLES = `
:host { all: initial; position: fixed; right: 8px; bottom: 8px; z-index: 2147483647; max-width: min(42rem, calc(100vw - 16px)); }
details { font: 14px/1.4 system-ui, sans-serif; background: #fff; color: #1b1b1f; border: 1px solid #b3261e; border-radius: 8px;
  box-shadow: 0 2px 12px rgb(0 0 0 / 25%); }
summary { cursor: pointer; padding: 6px 12px; color: #9a1b14; font-weight: 600; }
:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; border-radius: 8px; }
ul { margin: 0 12px 8px; padding: 0; list-style: none; max-height: 50vh; overflow: auto; }
li { padding: 6px 0; border-top: 1px solid #ddd; overflow-wrap: anywhere; white-space: pre-line; }
code, button { font: 600 13px ui-monospace, monospace; }
button { padding: 0; border: 0; background: none; color: inherit; text-align: left; text-decoration: underline; cursor: pointer; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) {
  details { background: #1f1f23; color: #ececf0; border-color: #ff8a80; }
  summary { color: #ffb4ab; }
  li { border-color: #48484f; }
}
@media print { :host { display: none; } }
`.replace(/\s+/g, ' ');

/**
 * What shows the errors of types on a page: a counter in a corner that opens their list; none in a frame of a page that has one. The source of a function that returns the listener of
 * the event. Styles and elements are made by script, which no policy about styles or Trusted Types forbids.
 */
export const TYPE_BADGE = `() => {
  let badge;
  const add = (parent, name, text = '') => {
    const element = document.createElement(name);
    element.textContent = text;
    parent.append(element);
    return element;
  };
  const isInside = () => {
    try { return top !== self && top.origin === origin } catch { return false }
  };
  return ({ data }) => {
    if (isInside()) return;
    const { count, problems } = JSON.parse(data);
    const isOpen = badge?.shadowRoot.firstChild.open;
    badge?.remove();
    badge = undefined;
    if (count === 0) return;
    badge = document.createElement('aside');
    badge.ariaLabel = 'Errors of types';
    const root = badge.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(${JSON.stringify(STYLES)});
    root.adoptedStyleSheets = [sheet];
    const details = add(root, 'details');
    details.open = isOpen;
    add(details, 'summary', count === 1 ? '1 type error' : count + ' type errors');
    const list = add(details, 'ul');
    list.tabIndex = 0;
    for (const { place, text, action } of problems) {
      const item = add(list, 'li');
      const name = add(item, 'code', action ? '' : place);
      if (action) {
        const button = add(name, 'button', place);
        button.title = 'Open in editor';
        button.onclick = () => fetch(action, { method: 'POST' });
      }
      item.append(' ' + text);
    }
    if (count > problems.length) add(list, 'li', '\\u2026 and ' + (count - problems.length) + ' more');
    document.body.append(badge);
  };
}`.replace(/\n */g, '');
