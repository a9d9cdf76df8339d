import kleur from 'kleur';
import { onTestFinished } from 'vitest';

/** Prints in colours, or without, until the test ends. */
export function useColours(isOn: boolean): void {
  const before = kleur.enabled;
  kleur.enabled = isOn;
  onTestFinished(() => {
    kleur.enabled = before;
  });
}
