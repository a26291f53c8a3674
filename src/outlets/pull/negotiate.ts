import type { PrometheusForm } from "../../families/prometheus-text.ts";

export interface Negotiated {
  readonly form: PrometheusForm;
  readonly contentType: string;
}

/** In the order of our liking: who takes anything, as curl does, gets what a person can read best. */
const OFFERS: readonly Offer[] = [
  { form: "text", type: "text", subtype: "plain", version: "0.0.4" },
  { form: "openmetrics", type: "application", subtype: "openmetrics-text", version: "1.0.0" },
  { form: "openmetrics", type: "application", subtype: "openmetrics-text", version: "0.0.1" },
];

interface Offer {
  readonly form: PrometheusForm;
  readonly type: string;
  readonly subtype: string;
  readonly version: string;
}

/**
 * The form that an Accept header likes best (RFC 9110, 12.5.1), or nothing where it takes none of ours. Prometheus 3 adds
 * `escaping=…`: all names that we write are of the kind that needs none, which `escaping=underscores` says.
 */
export function negotiate(accept: string | undefined): Negotiated | undefined {
  const ranges = accept === undefined || accept.trim() === "" ? [ANYTHING] : accept.split(",").map(rangeOf);
  let best: (Liking & { offer: Offer }) | undefined;
  for (const offer of OFFERS) {
    const liking = likingOf(offer, ranges);
    if (liking === undefined || liking.quality === 0) continue;
    const isBetter =
      best === undefined ||
      liking.quality > best.quality ||
      (liking.quality === best.quality && liking.precision > best.precision);
    if (isBetter) best = { ...liking, offer };
  }
  if (best === undefined) return undefined;
  const { type, subtype, version, form } = best.offer;
  const escaping = best.escaping ? "; escaping=underscores" : "";
  return { form, contentType: `${type}/${subtype}; version=${version}; charset=utf-8${escaping}` };
}

/** Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3). */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  const codings = (acceptEncoding ?? "").split(",").map(rangeOf);
  const gzip =
    codings.find(({ name }) => name === "gzip" || name === "x-gzip") ?? codings.find(({ name }) => name === "*");
  return gzip !== undefined && gzip.quality > 0;
}

interface Range {
  readonly name: string;
  readonly quality: number;
  readonly parameters: ReadonlyMap<string, string>;
}

interface Liking {
  readonly quality: number;
  /** How exactly a range named it: 0 anything, 1 any of its type, 2 its type and subtype, 3 its version too. */
  readonly precision: number;
  readonly escaping: boolean;
}

const ANYTHING: Range = { name: "*/*", quality: 1, parameters: new Map() };

function rangeOf(text: string): Range {
  const [name = "", ...rest] = text.split(";").map((part) => part.trim().toLowerCase());
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf("=");
    if (at > 0)
      parameters.set(
        part.slice(0, at).trim(),
        part
          .slice(at + 1)
          .trim()
          .replaceAll('"', ""),
      );
  }
  const quality = Number(parameters.get("q") ?? 1);
  return { name, parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** What the range that names the offer most exactly says of it. */
function likingOf(offer: Offer, ranges: readonly Range[]): Liking | undefined {
  let best: Liking | undefined;
  for (const { name, quality, parameters } of ranges) {
    const precision = precisionOf(offer, name, parameters.get("version"));
    if (precision === undefined) continue;
    const isBetter =
      best === undefined || precision > best.precision || (precision === best.precision && quality > best.quality);
    if (isBetter) best = { quality, precision, escaping: parameters.has("escaping") };
  }
  return best;
}

function precisionOf({ type, subtype, version }: Offer, name: string, wanted: string | undefined): number | undefined {
  if (name === "*/*") return 0;
  if (name === `${type}/*`) return 1;
  if (name !== `${type}/${subtype}`) return undefined;
  if (wanted === undefined) return 2;
  return wanted === version ? 3 : undefined;
}
