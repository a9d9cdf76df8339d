/** The texts `000` to `999`. To make one takes longer than all else that a line has of a number. */
export function threeDigits(): readonly string[] {
  return Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));
}
