/** The texts `000` to `999`. Calling `padStart()` for each line takes longer than everything else for a number. */
export function threeDigits(): readonly string[] {
  return Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));
}
