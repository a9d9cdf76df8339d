import type { LoadedSettings } from '../../../conf/load.ts';
import { type Html, html } from '../../errors/html.ts';
import { renderDocument } from '../document.ts';
import { runtimeName } from '../runtime-name.ts';
import { highlight } from '../source/highlight.ts';
import { WELCOME_ART } from './welcome-art.ts';
import { WELCOME_STYLES } from './welcome-styles.ts';

/** The page at `/` while the site has no URLs: it says that the site works, and suggests the next step. */
export function renderWelcome({ module, values }: LoadedSettings): string {
  const { ROOT_URLCONF: urlconf, WSGI_APPLICATION: application } = values;
  const urls = typeof urlconf === 'string' ? urlconf : 'mysite.urls';
  const project = (module ?? urls).split('.')[0]!;
  const urlsFile = fileOf(urls);
  const settingsFile = fileOf(module ?? `${project}.settings`);
  const wsgiFile = application === null ? `${project}/wsgi.ts` : fileOf(moduleOf(application));
  return renderDocument({
    title: `${project} is running`,
    styles: WELCOME_STYLES,
    body: html`<main>
<header>
<div>
<p class="pill"><b></b>${project} is running on ${runtimeName()}</p>
<h1>Ready for <em>your code.</em></h1>
<p class="lead">This page stands in until <code>${urlsFile}</code> has a URL of its own. Write one, save, and it is here.</p>
</div>
${WELCOME_ART}
</header>
<section class="next">
<div>
<h2>Write the first page</h2>
<div class="editor">
<p class="tab">${urlsFile} <span>one click selects it</span></p>
<pre tabindex="0" role="group" aria-label="Source">${firstPage(project)}</pre>
</div>
</div>
<div>
<h2>What is where</h2>
${file(settingsFile, 'Debug mode, allowed hosts, middleware: upper-case exports, checked as they are loaded.')}
${file(urlsFile, 'Routes and their views. A view takes a Request and returns a Response.')}
${file(wsgiFile, 'The application object that every server runs, this one and those in production.')}
</div>
</section>
<footer>Shown while <code>urlpatterns</code> in <code>${urlsFile}</code> is empty and <code>DEBUG</code> is on in <code>${settingsFile}</code>.</footer>
</main>`,
  });
}

function file(name: string, text: string): Html {
  return html`<article><h3>${name}</h3><p>${text}</p></article>`;
}

function firstPage(project: string): readonly Html[] {
  const code = `import { Response } from 'startproject/http';
import { path, type URLPattern } from 'startproject/urls';

function home(request: Request): Response {
  return new Response('Hello from ${project}!');
}

export const urlpatterns: URLPattern[] = [
  path('', home, { name: 'home' }),
];`;
  return code.split('\n').map((line) => html`${highlight(line)}\n`);
}

function fileOf(dotted: string): string {
  return `${dotted.replaceAll('.', '/')}.ts`;
}

/** `mysite.wsgi` of `mysite.wsgi.application` and of `mysite.wsgi:application`. */
function moduleOf(objectPath: string): string {
  return objectPath.replace(/[.:][^.:]*$/, '');
}
