/** launch-editor has types for its whole only. */
declare module 'launch-editor/guess.js' {
  /** The program of the editor and its arguments; the program is null where none is known. */
  export default function guessEditor(): readonly [program: string | null, ...args: string[]];
}

declare module 'launch-editor/get-args.js' {
  export default function argumentsFor(
    program: string,
    file: string,
    line: number,
    column: number,
  ): readonly (string | number)[];
}
