/** What is still to be done when this process ends. One listener for all: Node warns of eleven. */
const acts = new Set<() => void>();

/** Does something when this process ends, by `process.exit()` too. @returns what takes that back */
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
