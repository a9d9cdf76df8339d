import { beforeEach, describe, expect, test } from 'vitest';
import { CheckReport } from '../../../src/cli/checks/check-report.ts';
import { useColours } from '../_colours.ts';

beforeEach(() => useColours(false));

const finding = (message: string, place = 'mysite/urls.ts:1:1') => ({
  id: 'urls.W101',
  message,
  hint: 'Move it.',
  place,
});
const problem = (message: string, line = 1) => ({ place: `mysite/a.ts:${line}:1`, code: 'TS1', message });

describe('findings', () => {
  test('are shown once, wherever they move', () => {
    const report = new CheckReport();
    const shown = 'mysite/urls.ts:1:1 (urls.W101) One.\n    Hint: Move it.\n';
    expect(report.findings([finding('One.')], 80)).toBe(shown);
    expect(report.findings([finding('One.', 'mysite/urls.ts:2:1')], 80)).toBe('');
    expect(report.findings([finding('One.'), finding('Two.')], 80)).toBe(shown.replace('One.', 'Two.'));
  });

  test('are shown again when they come back', () => {
    const report = new CheckReport();
    report.findings([finding('One.')], 80);
    expect(report.findings([], 80)).toBe('Settings, URLs and middleware: no issues.\n');
    expect(report.findings([], 80)).toBe('');
    expect(report.findings([finding('One.')], 80)).toContain('One.');
  });

  test('are not broken within a path, in a narrow terminal', () => {
    expect(new CheckReport().findings([finding('It is never reached, since there is another.')], 32)).toBe(
      'mysite/urls.ts:1:1 (urls.W101)\n    It is never reached, since\n    there is another.\n    Hint: Move it.\n',
    );
  });
});

describe('errors of types', () => {
  test('are shown once, whatever line they move to, and their end is', () => {
    const report = new CheckReport();
    expect(report.types([], 80)).toBe('');
    expect(report.types([problem('No.')], 80)).toBe('mysite/a.ts:1:1 TS1 No.\n');
    expect(report.types([problem('No.', 2)], 80)).toBe('');
    expect(report.types([], 80)).toBe('Types: no errors.\n');
  });

  test('have their explanations broken between words, as deep as they are', () => {
    const explained = problem("Type A is not B.\n  Type 'Fa' is not 'Fb'.\n    Type 'x' is not 'y'.");
    expect(new CheckReport().types([explained], 20)).toBe(
      [
        'mysite/a.ts:1:1 TS1',
        '    Type A is not B.',
        "    Type 'Fa' is not",
        "    'Fb'.",
        "      Type 'x' is",
        "      not 'y'.",
        '',
      ].join('\n'),
    );
  });

  test('are counted where there are many', () => {
    const many = Array.from({ length: 12 }, (_, index) => problem(`Number ${index}.`));
    const lines = new CheckReport().types(many, 80).trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe('… and 2 more type errors. To see all: runserver --check');
  });
});
