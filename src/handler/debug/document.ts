import { type Content, Html, html } from '../errors/html.ts';

interface DocumentParts {
  readonly title: string;
  readonly styles: string;
  readonly body: Content;
}

/** A whole page, which loads nothing from the network. */
export function renderDocument({ title, styles, body }: DocumentParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="none">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(styles)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
