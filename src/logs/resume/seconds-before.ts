/** The engine's time, so many seconds earlier, with the same fraction. */
export function secondsBefore(time: string, seconds: number): string {
  const wholeMs = Date.parse(`${time.slice(0, 19)}Z`) - seconds * 1000;
  return new Date(wholeMs).toISOString().slice(0, 19) + time.slice(19);
}
