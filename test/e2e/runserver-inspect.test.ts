import { SourceMap } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { writeFiles } from '../_temp-folder.ts';
import { Debugger } from './_debugger.ts';
import { get, type RunningSite, runserver } from './_runserver.ts';

/** A view whose types take lines of their own, so that no line of the code that runs is where it is in the source. */
function urls(word: string): string {
  return `import { path } from 'startproject/urls';

interface Greeting {
  readonly word: string;
  readonly name: string;
}

type Unused = {
  a: string;
};

function greet(request: Request): Response {
  const greeting: Greeting = { word: '${word}', name: 'world' };
  const text = \`\${greeting.word}, \${greeting.name}\`; // here
  return new Response(text satisfies string);
}

export const urlpatterns = [path('', greet)];
`;
}

const LINE = urls('')
  .split('\n')
  .findIndex((line) => line.endsWith('// here'));

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Where code lies to the only source of its map, as the protocol's scripts tell it. */
class DebuggedScript {
  readonly #map: SourceMap;
  readonly #text: string;
  readonly #id: string;

  constructor(id: string, mapUrl: string, text: string) {
    const json = Buffer.from(mapUrl.slice(mapUrl.indexOf(',') + 1), 'base64').toString();
    this.#map = new SourceMap(JSON.parse(json));
    this.#text = text;
    this.#id = id;
  }

  get sources(): string[] {
    return this.#map.payload.sources;
  }

  /** The first place of a source line, from 0. */
  locationOf(sourceLine: number): Location {
    for (const [lineNumber, text] of this.#text.split('\n').entries()) {
      for (let columnNumber = 0; columnNumber < text.length; columnNumber++) {
        const entry = this.#map.findEntry(lineNumber, columnNumber);
        const isHere = 'generatedLine' in entry && entry.generatedLine === lineNumber;
        if (isHere && entry.originalLine === sourceLine)
          return { scriptId: this.#id, lineNumber, columnNumber };
      }
    }
    throw new Error(`Line ${sourceLine} of the source is nowhere in the code.`);
  }

  sourceLineOf({ lineNumber, columnNumber }: Location): number | undefined {
    const entry = this.#map.findEntry(lineNumber, columnNumber);
    return 'originalLine' in entry ? entry.originalLine : undefined;
  }
}

/** Attaches to the worker that says so after this much output, and sets a breakpoint as an editor does. */
async function stopAt(site: RunningSite, line: number, from = 0): Promise<[Debugger, DebuggedScript]> {
  const [, url] = await site.saw(/Debugger listening on (ws:\S+)/, from);
  const attached = await Debugger.attach(url!);
  await attached.send('Debugger.enable');
  const file = pathToFileURL(path.join(site.root, 'mysite/urls.ts')).href;
  const { scriptId, sourceMapURL } = await attached.event(
    'Debugger.scriptParsed',
    (script) => script.url === file,
  );
  const { scriptSource } = await attached.send('Debugger.getScriptSource', { scriptId });
  const script = new DebuggedScript(String(scriptId), String(sourceMapURL), String(scriptSource));
  expect(script.sources).toEqual([file]);
  await attached.send('Debugger.setBreakpoint', { location: script.locationOf(line) });
  return [attached, script];
}

test('--inspect: a breakpoint in a TypeScript file stops the code, also after a reload', async () => {
  const site = await runserver({ 'mysite/urls.ts': urls('hello') }, ['--inspect', '0']);
  expect((await get(site.url)).body).toBe('hello, world');
  await stopsOnce('hello');
  const seen = site.output.length;
  writeFiles(site.root, { 'mysite/urls.ts': urls('goodbye') });
  await site.saw(/urls\.ts changed, reloaded/, seen);
  await stopsOnce('goodbye', seen);

  async function stopsOnce(word: string, from = 0): Promise<void> {
    const [attached, script] = await stopAt(site, LINE, from);
    const answer = get(site.url);
    const { callFrames } = await attached.event('Debugger.paused');
    const [frame] = callFrames as { location: Location; functionName: string; callFrameId: string }[];
    expect([frame!.functionName, script.sourceLineOf(frame!.location)]).toEqual(['greet', LINE]);
    const { callFrameId } = frame!;
    const { result } = await attached.send('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression: 'greeting.word',
    });
    expect(result).toMatchObject({ value: word });
    await attached.send('Debugger.resume');
    expect((await answer).body).toBe(`${word}, world`);
  }
});

test('--inspect: stack traces have the lines of the source', async () => {
  const broken = urls('x').replace('return new', 'if (request) throw new Error("in line 15");\n  return new');
  const site = await runserver({ 'mysite/urls.ts': broken }, ['--inspect', '0']);
  expect((await get(site.url)).body).toMatch(
    /greet \S*mysite\/urls\.ts:15:22|at greet \(\S+urls\.ts:15:22\)/,
  );
});
