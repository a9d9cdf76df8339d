/** The functions to call when this process ends. They share one listener, since Node warns from eleven listeners on. */
const acts = new Set<() => void>();

/** Calls a function when this process ends, also by `process.exit()`. @returns a function that cancels it */
export function atExit(act: () => void): () => void {
  if (acts.size === 0) process.on('exit', runAll);
  acts.add(act);
  return () => {
    acts.delete(act);
    if (acts.size === 0) process.off('exit', runAll);
  };
}

function runAll(): void {
  for (const act of acts) act();
}
