/** A small line of numbers, the newest at the right end. Said in words, too. */

interface SparklineProps {
  values: readonly number[];
  /** How many values the width holds. */
  capacity: number;
  label: string;
}

const WIDTH = 120;
const HEIGHT = 32;
const MARGIN = 2;

export function Sparkline({ values, capacity, label }: SparklineProps) {
  const points = pointsOf(values, capacity);
  const last = points.at(-1);
  return (
    <svg
      className="cc-sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
    >
      <polyline points={points.map(([x, y]) => `${x},${y}`).join(" ")} />
      {last && <circle cx={last[0]} cy={last[1]} r={2.5} />}
    </svg>
  );
}

function pointsOf(values: readonly number[], capacity: number): [number, number][] {
  const low = Math.min(...values);
  const range = Math.max(...values) - low;
  const step = (WIDTH - 2 * MARGIN) / (capacity - 1);
  const height = HEIGHT - 2 * MARGIN;
  return values.map((value, index) => [
    WIDTH - MARGIN - (values.length - 1 - index) * step,
    range === 0 ? HEIGHT / 2 : HEIGHT - MARGIN - ((value - low) / range) * height,
  ]);
}
