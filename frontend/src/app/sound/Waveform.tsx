const HEIGHT = 100;
const STEP = 3;
const BAR = 2;
const LEAST = 2;

/** The loudest moments of a recording from its beginning to its end, `bars` of 0 to 100; those before `played` stand out. */
export function Waveform({
  bars,
  className,
  played = 0,
}: {
  bars: readonly number[];
  className?: string | undefined;
  played?: number;
}) {
  const width = Math.max(1, bars.length) * STEP;
  return (
    <svg
      className={className}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {bars.map((bar, index) => {
        const height = Math.max(LEAST, bar);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={index}
            x={index * STEP}
            y={(HEIGHT - height) / 2}
            width={BAR}
            height={height}
            data-played={index < played * bars.length || undefined}
          />
        );
      })}
    </svg>
  );
}
