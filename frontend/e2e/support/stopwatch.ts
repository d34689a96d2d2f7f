/** Says how long each part of a journey took, where somebody measures (`make journeys`). */
export function stopwatch(journey: string): (part: string) => void {
  let since = performance.now();
  return (part) => {
    const now = performance.now();
    if (process.env.STUDIO_E2E_LARGE === "1")
      process.stdout.write(`${journey}: ${part} ${((now - since) / 1000).toFixed(1)} s\n`);
    since = now;
  };
}
