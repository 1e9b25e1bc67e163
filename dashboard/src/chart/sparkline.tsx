// SPDX-License-Identifier: Apache-2.0

const WIDTH = 120;
const HEIGHT = 34;

/** The shape of what was, newest at the right, without axes: a hint beside a number, hidden from readers. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const line = sparkPoints(values)
    .map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`)
    .join(' ');
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {line !== '' && (
        <>
          <polygon class="spark-area" points={`0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} />
          <polyline class="spark-line" points={line} />
        </>
      )}
    </svg>
  );
}

export function sparkPoints(values: readonly number[]): (readonly [number, number])[] {
  if (values.length < 2) return [];
  const highest = Math.max(...values, 1);
  const step = WIDTH / (values.length - 1);
  return values.map(
    (value, index) => [index * step, HEIGHT - (value / highest) * (HEIGHT - 2)] as const,
  );
}
