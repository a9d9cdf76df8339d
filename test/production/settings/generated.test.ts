import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { HOOK_NAMES } from '../../../src/production/settings/hook-names.ts';
import { type Setting, variableName } from '../../../src/production/settings/setting.ts';
import { longFlag } from '../../../src/production/settings/sources/flags.ts';
import { PROCESSES, SERVER } from '../../../src/production/settings/table/processes.ts';
import { REQUESTS } from '../../../src/production/settings/table/requests.ts';
import { SERVING } from '../../../src/production/settings/table/serving.ts';
import {
  SETTING_NAMES,
  SETTING_SECTIONS,
  SETTINGS,
} from '../../../src/production/settings/table/settings-table.ts';
import { WORKERS } from '../../../src/production/settings/table/workers.ts';

/** Files that are made of the table of settings. After a change of the table, this test writes them: `vitest -u`. */
const at = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));

type Table = Readonly<Record<string, Setting>>;

const SUBJECTS = {
  ServingConfig: 'the application and its addresses',
  WorkersConfig: 'the workers of a site',
  RequestsConfig: 'requests and connections',
  ProcessesConfig: 'the logs of a site, and the user of its workers',
  ServerConfig: 'the server, the same for all of its sites',
};

test.each([
  ['serving', { ServingConfig: SERVING }],
  ['workers', { WorkersConfig: WORKERS }],
  ['requests', { RequestsConfig: REQUESTS }],
  ['processes', { ProcessesConfig: PROCESSES, ServerConfig: SERVER }],
] as const)('the types of wsgi.config.ts are those of the table: %s', async (name, interfaces) => {
  const bodies = Object.entries(interfaces).map(
    ([type, table]) =>
      `/** Settings of ${SUBJECTS[type as keyof typeof SUBJECTS]}. */\nexport interface ${type} {\n${members(table)}\n}`,
  );
  const text = bodies.join('\n\n');
  const units = ['Bytes', 'CertificateConfig', 'Seconds'].filter((unit) =>
    new RegExp(`\\b${unit}\\b`).test(text),
  );
  const imports = units.length > 0 ? `import type { ${units.join(', ')} } from '../units.ts';\n\n` : '';
  await expect(`${NOTE}${imports}${text}\n`).toMatchFileSnapshot(
    at(`src/production/config/settings/${name}.ts`),
  );
});

const NOTE = `/**
 * Made of the table of settings by \`npx vitest run -u --config test/vitest.config.ts test/production/settings\`, which also
 * checks that it is up to date.
 */

`;

function members(table: Table): string {
  return Object.entries(table)
    .map(([name, row]) => {
      const lines = [...wrap(row.documentation, 110), '', `@default ${shownDefault(row)}`];
      const comment = lines.map((line) => `   * ${line}`.trimEnd()).join('\n');
      return `  /**\n${comment}\n   */\n  readonly ${name}?: ${row.kind.type} | undefined;`;
    })
    .join('\n');
}

function shownDefault({ kind, default: value, defaultText }: Setting): string {
  if (defaultText !== undefined) return defaultText;
  if (value === undefined) return 'none';
  return kind.toText(value) || 'none';
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

test('docs/runwsgi-settings.md has all settings of the table', async () => {
  const sections = Object.entries(SETTING_SECTIONS).map(([title, table]) => `## ${title}\n\n${rows(table)}`);
  await expect(`${INTRODUCTION}\n${sections.join('\n\n')}\n\n${HOOKS}\n`).toMatchFileSnapshot(
    at('docs/runwsgi-settings.md'),
  );
});

const INTRODUCTION = `# Settings of runwsgi

You want to change how the server runs: where it listens, how many workers it has, what it logs. Each setting has a name in \`wsgi.config.ts\`,
a flag and a variable. A configuration file:

    // wsgi.config.ts
    import { defineConfig } from 'startproject/config';

    export default defineConfig({
      bind: ['unix:/run/mysite.sock'],
      workers: 'auto',
      maxMemory: '512M',
      whenReady: ({ addresses }) => console.log(addresses),
    });

The server reads these sources. A later source overrides an earlier one:

1. the defaults,
2. \`wsgi.config.ts\` in the project's folder, or the file that \`-c\`, \`--config\` or \`RUNWSGI_CONFIG\` names,
3. \`PORT\` (for \`bind\`) and \`WEB_CONCURRENCY\` (for \`workers\`), which hosting platforms set,
4. a variable for each setting, such as \`RUNWSGI_WORKERS\`; an empty variable counts as unset, and the items of a list have commas between them,
5. the flags in \`RUNWSGI_CMD_ARGS\`,
6. the flags of the command.

\`runwsgi --print-config\` prints each value and its source. An unknown name is an error.

- Times are numbers of seconds, or texts with a unit: \`'500ms'\`, \`'15m'\`, \`'2h'\`, \`'1d'\`. Sizes are numbers of bytes, or texts: \`'64K'\`, \`'512M'\`,
  \`'2G'\`.
- Relative paths in the configuration file begin in its folder. Those of flags and variables begin in the working folder.
- A flag without a value has an opposite: \`--no-daemon\`.
- \`sites: { blog: { … }, shop: { … } }\` serves several sites, each with its own workers. A site can have every setting except those of the section
  "The server". It inherits the other values from the top level. The values of a site override flags and variables.
`;

/** Each hook with the sentences that its doc comment has. */
function hookRows(): string {
  const source = readFileSync(at('src/production/config/config-hooks.ts'), 'utf8');
  const found = [...source.matchAll(/\/\*\* (.+) \*\/\n {2}readonly (\w+)\?: [^\n]*?(\w+Facts)/g)];
  expect(found.map(([, , name]) => name).sort()).toEqual([...HOOK_NAMES].sort());
  const lines = found.map(([, when, name, facts]) => {
    return `| \`${name}\` | \`${facts}\` | ${when} |`;
  });
  return ['| Hook | Argument | When it runs |', '|---|---|---|', ...lines].join('\n');
}

const HOOKS = `## Hooks

A hook is a function in the configuration, next to the settings. The hooks of the server run in a separate process, each for at most 5
seconds. The hooks of workers run in each worker, which reads the configuration again. So the two kinds share no variables. If a hook throws,
the error log has a line, and the server goes on, except for \`onStarting\` and \`postFork\`. \`startproject/config\` exports the types of the
arguments.

${hookRows()}`;

function rows(table: Table): string {
  const lines = Object.entries(table).map(([name, row]) => {
    const { flags = '', aliases = [], kind, documentation } = row;
    const shown = [...flags.split(', '), ...aliases].filter(Boolean).map((flag) => `\`${flag}\``);
    const argument = kind.argument ? ` \`${kind.argument}\`` : '';
    const cells = [
      `\`${name}\``,
      `${shown.join(', ')}${argument}`,
      `\`${variableName(name)}\``,
      shownDefault(row),
      documentation,
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| Name | Flag | Variable | Default | Meaning |', '|---|---|---|---|---|', ...lines].join('\n');
}

describe('the table', () => {
  test('has each flag once', () => {
    const flags = SETTING_NAMES.flatMap((name) => [
      ...(SETTINGS[name].flags?.split(', ') ?? []),
      ...(SETTINGS[name].aliases ?? []),
    ]);
    expect(flags.filter((flag, index) => flags.indexOf(flag) !== index)).toEqual([]);
  });

  test.each(SETTING_NAMES)('%s: its examples and its default are right', (name) => {
    const { kind, default: byDefault } = SETTINGS[name];
    const example: unknown = new Function(`return ${kind.example}`)();
    expect(kind.fromTexts([kind.exampleText], '/')).toEqual(kind.fromConfig(example, '/'));
    if (byDefault === undefined || typeof byDefault === 'object') return;
    const text = kind.toText(byDefault);
    expect(kind.fromTexts([text], '/')).toBe(byDefault);
  });

  test('has a flag for all but the application', () => {
    expect(SETTING_NAMES.filter((name) => !longFlag(name).startsWith('--'))).toEqual(['app']);
  });
});
