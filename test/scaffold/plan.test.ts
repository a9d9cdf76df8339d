import { expect, test } from 'vitest';
import { planSite } from '../../src/scaffold/plan.ts';

const CONTEXT = { project_name: 'mysite', secret_key: '$&<&>' };

function plan(files: Readonly<Record<string, string | Buffer>>, rendering = {}) {
  const template = {
    directories: [],
    files: Object.entries(files).map(([path, content]) => ({
      path,
      mode: 0o644,
      content: Buffer.from(content),
    })),
  };
  const site = planSite(template, { context: CONTEXT, extensions: ['.ts'], fileNames: [], ...rendering });
  return Object.fromEntries(site.files.map(({ path, content }) => [path, content.toString()]));
}

test('project_name is replaced wherever it stands in a path', () => {
  const paths = Object.keys(plan({ 'project_name/x_project_name_project_name.txt': '' }));
  expect(paths).toEqual(['mysite/x_mysite_mysite.txt']);
});

test('folders come once, parents first', () => {
  const template = { directories: ['project_name/b', 'project_name', 'mysite'], files: [] };
  const { directories } = planSite(template, { context: CONTEXT, extensions: [], fileNames: [] });
  expect(directories).toEqual(['mysite', 'mysite/b']);
});

test('.ts-tpl becomes .ts and is rendered', () => {
  expect(plan({ 'a.ts-tpl': '{{ project_name }}' })).toEqual({ 'a.ts': 'mysite' });
});

test('_gitignore becomes .gitignore', () => {
  expect(Object.keys(plan({ _gitignore: '', 'a/_gitignore': '', my_gitignore: '' }))).toEqual([
    '.gitignore',
    'a/.gitignore',
    'my_gitignore',
  ]);
});

test('variables are replaced without escaping', () => {
  expect(plan({ 'a.ts': "'{{ secret_key }}' {{project_name}}" })).toEqual({ 'a.ts': "'$&<&>' mysite" });
});

test('a tag of another variable stays', () => {
  const text = '{{ user.name }} {{ other }} {{ constructor }} {% if x %}';
  expect(plan({ 'a.ts': text })).toEqual({ 'a.ts': text });
});

test('other extensions are copied', () => {
  expect(plan({ 'a.html': '{{ project_name }}', ts: '{{ project_name }}' })).toEqual({
    'a.html': '{{ project_name }}',
    ts: '{{ project_name }}',
  });
});

test("files are rendered by the template's own name for them", () => {
  const files = {
    Procfile: '{{ project_name }}',
    'project_name.cfg': '{{ project_name }}',
    'a/other': '{{ project_name }}',
  };
  expect(plan(files, { fileNames: ['Procfile', 'project_name.cfg'] })).toEqual({
    Procfile: 'mysite',
    'mysite.cfg': 'mysite',
    'a/other': '{{ project_name }}',
  });
});

test('text keeps its byte order mark, its line ends and its alphabet', () => {
  expect(plan({ 'a.ts': '\uFEFF// été {{ project_name }}\r\n// 网站\n' })).toEqual({
    'a.ts': '\uFEFF// été mysite\r\n// 网站\n',
  });
});

test('a file that is not text is copied, whatever its extension', () => {
  const video = Buffer.from([0x47, 0xff, 0xfe, ...Buffer.from('{{ project_name }}')]);
  const template = { directories: [], files: [{ path: 'a.ts', mode: 0o644, content: video }] };
  const { files } = planSite(template, { context: CONTEXT, extensions: ['.ts'], fileNames: [] });
  expect(files[0]?.content).toEqual(video);
});

test('two files for one place are refused', () => {
  expect(() => plan({ 'a.ts': '', 'b.ts': '', 'a.ts-tpl': '' })).toThrow(
    "Two files of the template would become 'a.ts'.",
  );
});
