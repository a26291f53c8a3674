import type { Cuts } from "../catalogue/catalogue.ts";
import { type Cut, cutsCounted, labelsCut, labelsWhole, pointsCut, pointsWhole } from "../telemetry/events/cuts.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

const SAY = {
  labels: { begins: labelsCut, ends: labelsWhole },
  points: { begins: pointsCut, ends: pointsWhole },
} as const;

/** Counts what sweeps leave out, and says when it begins and when it has ended. */
export function sayCuts(telemetry: Telemetry) {
  const cutting = new Set<Cut>();
  return {
    told(cuts: Cuts) {
      for (const what of ["labels", "points"] as const) {
        const names = cuts[what];
        if (names.length > 0) {
          cutsCounted(telemetry, what, names.length);
          if (!cutting.has(what)) SAY[what].begins(telemetry, names);
          cutting.add(what);
        } else if (cutting.delete(what)) SAY[what].ends(telemetry);
      }
    },
  };
}
