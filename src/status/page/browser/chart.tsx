import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";

export interface Line {
  readonly label: string;
  /** A custom property of the style sheet: "--line-1". */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly dashed?: boolean;
}

interface ChartProps {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number | null | undefined) => string;
  /** The axis goes in powers of two, which bytes are read in. */
  readonly isBinary?: boolean;
}

const HEIGHT = 220;
const POWERS_OF_TWO = Array.from({ length: 50 }, (_, i) => 2 ** i);

/** A chart with axes and a legend that follows the pointer. */
export function Chart({ title, times, lines, format, isBinary = false }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const isDark = useDarkScheme();
  const data = [times.map((time) => time / 1000), ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;

  useEffect(() => {
    const element = place.current as HTMLDivElement;
    const colour = (name: string) => {
      // A canvas needs the colour itself, which a custom property is not.
      element.style.color = `var(${name})`;
      return getComputedStyle(element).color;
    };
    const axis = { stroke: colour("--faint"), grid: { stroke: colour("--border"), width: 1 } };
    const options: uPlot.Options = {
      width: element.clientWidth,
      height: HEIGHT,
      scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.05 : 1] } },
      axes: [
        { ...axis, values: (_, splits) => splits.map((seconds) => clock(seconds, isLong(splits))) },
        {
          ...axis,
          size: 76,
          values: (_, splits) => splits.map((value) => format(value)),
          ...(isBinary && { incrs: POWERS_OF_TWO }),
        },
      ],
      series: [
        { value: (_, seconds) => (seconds === null ? "" : clock(seconds)) },
        ...lines.map(({ label, colour: name, dashed }) => ({
          label,
          stroke: colour(name),
          width: 1.5,
          ...(dashed === true && { dash: [6, 4] }),
          points: { show: false },
          value: (_: uPlot, value: number | null) => format(value),
        })),
      ],
    };
    element.style.color = "";
    const made = new uPlot(options, data, element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
    // Made once in each scheme: what else changes is its data.
  }, [isDark]);
  useEffect(() => plot.current?.setData(data));

  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div ref={place} />
    </figure>
  );
}

/** Whether labels without seconds differ from each other. */
function isLong(splits: readonly number[]): boolean {
  return (splits[1] ?? 0) - (splits[0] ?? 0) >= 60;
}

function clock(seconds: number, withoutSeconds = false): string {
  const shown = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const options = withoutSeconds ? shown : ({ ...shown, second: "2-digit" } as const);
  return new Date(seconds * 1000).toLocaleTimeString([], options);
}

function useDarkScheme(): boolean {
  const query = matchMedia("(prefers-color-scheme: dark)");
  const [isDark, setDark] = useState(query.matches);
  useEffect(() => {
    const changed = (event: MediaQueryListEvent) => setDark(event.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return isDark;
}
