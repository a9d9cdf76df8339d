/** launch-editor has types for its main module only. */
declare module 'launch-editor/guess.js' {
  /** The program of the editor and its arguments; the program is null if none is known. */
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
