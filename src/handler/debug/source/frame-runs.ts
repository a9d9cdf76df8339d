import type { StackFrame } from './stack-frames.ts';

/** Frames of a stack, side by side, that come several times in a row. */
interface FrameRun<Frame> {
  /** One, or as many as call each other in a circle. */
  readonly frames: readonly Frame[];
  readonly times: number;
}

/** Fewer than this are shown one by one. */
const LEAST_TIMES = 3;

/** Of functions that call each other. */
const MOST_FRAMES = 8;

/** Puts equal frames together: those of a function that calls itself, and of functions that call each other. */
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

/** What stands below frames that call each other; nothing for what comes once, or alone. */
export function circleNote({ frames, times }: FrameRun<unknown>): string | undefined {
  return frames.length > 1 ? `these ${frames.length} frames, ${times} times` : undefined;
}

/** What stands behind a frame that comes several times. */
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
