import type { StackFrame } from './stack-frames.ts';

/** Consecutive frames that are repeated in a stack. */
interface FrameRun<Frame> {
  /** One frame for simple recursion, several for functions that call each other. */
  readonly frames: readonly Frame[];
  readonly times: number;
}

/** Fewer repetitions than this are not combined. */
const LEAST_TIMES = 3;

/** The limit for functions that call each other. */
const MOST_FRAMES = 8;

/** Combines repeated frames: those of a recursive function, and those of functions that call each other. */
export function foldRepeats<Frame extends Pick<StackFrame, 'name' | 'place'>>(
  frames: readonly Frame[],
): readonly FrameRun<Frame>[] {
  const runs: FrameRun<Frame>[] = [];
  for (let start = 0; start < frames.length; ) {
    const { length, times } = repeatAt(frames, start);
    runs.push({ frames: frames.slice(start, start + length), times });
    start += length * times;
  }
  return runs;
}

/** The note below frames that call each other; empty for a frame without repetition, and for a single function. */
export function circleNote({ frames, times }: FrameRun<unknown>): string | undefined {
  return frames.length > 1 ? `these ${frames.length} frames, ${times} times` : undefined;
}

/** The note after a repeated frame. */
export function timesNote({ frames, times }: FrameRun<unknown>): string {
  return frames.length === 1 && times > 1 ? `, ${times} times` : '';
}

function repeatAt(frames: readonly Pick<StackFrame, 'name' | 'place'>[], start: number) {
  const isSame = (a: number, b: number) =>
    frames[a]?.place === frames[b]?.place && frames[a]?.name === frames[b]?.name;
  for (let length = 1; length <= MOST_FRAMES; length++) {
    let end = start + length;
    while (end < frames.length && isSame(end, end - length)) end++;
    const times = Math.floor((end - start) / length);
    if (times >= LEAST_TIMES) return { length, times };
  }
  return { length: 1, times: 1 };
}
