/** The texts `000` to `999`: `padStart()` for each line takes longer than all other work for a number. */
export function threeDigits(): readonly string[] {
  return Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));
}
