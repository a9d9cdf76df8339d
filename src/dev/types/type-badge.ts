/**
 * For a shadow root, so that the styles of the page do not apply to the badge, and these styles do not apply to the
 * page.
 */
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
 * Shows type errors on a page: a counter in a corner that opens the list of errors. In a frame, nothing is shown when
 * the outer page has a counter. This is the source of a function that returns the event listener. A script creates the
 * elements and their styles, since no policy for styles or Trusted Types forbids that.
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
    badge.ariaLabel = 'Type errors';
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
