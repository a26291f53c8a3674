/** A sample's value as Prometheus reads it. */
export function prometheusNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

/**
 * A number that is the value of a label, le or quantile: as Go's strconv.FormatFloat(value, 'g', -1, 64) writes it and
 * Prometheus' client libraries do, since another spelling would be another series.
 */
export function labelNumber(value: number): string {
  if (!Number.isFinite(value)) return prometheusNumber(value);
  const [digits = "", power = ""] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** The same in OpenMetrics, where whole numbers have a point: `le="1.0"`. */
export function openMetricsLabelNumber(value: number): string {
  const text = labelNumber(value);
  return Number.isFinite(value) && !/[.e]/.test(text) ? `${text}.0` : text;
}
