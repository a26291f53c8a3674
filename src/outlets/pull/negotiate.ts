import type { PrometheusForm } from "../../families/prometheus-text.ts";
import { type AcceptedRange, acceptedRanges } from "../../kit/accept-header.ts";

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
  const ranges = acceptedRanges(accept === undefined || accept.trim() === "" ? "*/*" : accept);
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

interface Liking {
  readonly quality: number;
  /** How exactly a range named it: 0 anything, 1 any of its type, 2 its type and subtype, 3 its version too. */
  readonly precision: number;
  readonly escaping: boolean;
}

/** What the range that names the offer most exactly says of it. */
function likingOf(offer: Offer, ranges: readonly AcceptedRange[]): Liking | undefined {
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
