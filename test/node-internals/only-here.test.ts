import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Members that begin with an underscore are Node's own, and so are symbols that are looked up, and these. */
const UNDOCUMENTED =
  /(?:\.|\?\.)_[a-z]\w*|^\s*(?:readonly |get |set )?_[a-z]\w*\??[:(]|\[?'_[a-z]\w*'\]?|getOwnPropertySymbols|process\.binding|\.outputData\b|\.outputSize\b|httpAllowHalfOpen|resetAndClosing/;

/** Names with an underscore that are not Node's. */
const OURS = /'_(?:site|gitignore)'|`/;

test('what Node does not document is used in src/node-internals alone', () => {
  const found = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('node-internals'))
    .flatMap((file) =>
      readFileSync(path.join(SRC, file), 'utf8')
        .split('\n')
        .filter((line) => UNDOCUMENTED.test(withoutComment(line)) && !OURS.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(found).toEqual([]);
});

test.each([
  'socket._handle.fd',
  'response?._header',
  '  _dumped?: boolean;',
  '  get _writableState(): object {',
  "Reflect.deleteProperty(socket, '_read');",
  'Object.getOwnPropertySymbols(stream)',
  "process.binding('fs')",
])('a use of it is found: %s', (line) => {
  expect(line).toMatch(UNDOCUMENTED);
});

function withoutComment(line: string): string {
  return line.replace(/^\s*(?:\/\*\*|\*|\/\/).*|\s\/\/ .*/, '');
}
