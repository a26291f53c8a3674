import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeSettings, givenSettings } from "../../src/settings/describe.ts";
import { loaded, loadFrom, type Sources } from "./load-from.ts";

const SECRET = "s3cr3t";

describe("a secret is in no message", () => {
  const cases: Record<string, Sources> = {
    "a token of a wrong type's neighbour": { file: `{ otlp: { bearerToken: "${SECRET}\\n", interval: "x" } }` },
    "a token under a misspelt name": { file: `{ otlp: { bearer_token: "${SECRET}" } }` },
    "a password under an unknown name": { file: `{ otlp: { password: "${SECRET}" } }` },
    "an unknown section with a secret": { file: `{ auth: { basic: "${SECRET}" }, otlpAuth: ["${SECRET}"] }` },
    "headers of a wrong form": { file: `{ otlp: { headers: "Authorization: ${SECRET}" } }` },
    "a header with a wrong name": { file: `{ otlp: { headers: { "Authorization: ${SECRET}": "" } } }` },
    "a header with a line break": { file: `{ otlp: { headers: { Authorization: "${SECRET}\\nx" } } }` },
    "a header that is a number's list": { file: `{ otlp: { headers: { Authorization: ["${SECRET}"] } } }` },
    "headers in a variable": { env: { TALLYMAN_OTLP_HEADERS: SECRET, OTEL_EXPORTER_OTLP_HEADERS: SECRET } },
    "a variable with a misspelt name": { env: { TALLYMAN_OTLP_BEARER_TOKN: SECRET, TALLYMAN_PASSWORD: SECRET } },
    "two tokens": { env: { TALLYMAN_OTLP_BEARER_TOKEN: SECRET, TALLYMAN_OTLP_BEARER_TOKEN_FILE: "/f" } },
    "a password in an endpoint": { env: { TALLYMAN_OTLP_ENDPOINT: `htp://user:${SECRET}@host:4318` } },
    "a key in an endpoint's query": { env: { TALLYMAN_OTLP_ENDPOINT: `http://host:99999/?api_key=${SECRET}` } },
    "a key where its file belongs": {
      file: JSON.stringify({ otlp: { tls: { key: `-----BEGIN PRIVATE KEY-----\n${SECRET}` } } }),
    },
    "a certificate for the section": { file: `{ otlp: { tls: "${SECRET}" } }` },
  };
  for (const [name, sources] of Object.entries(cases)) {
    test(name, () => {
      const result = loadFrom(sources);
      const text = [...result.notes, ...(result.ok ? [] : result.problems)].join("\n");
      assert.equal(result.ok, false);
      assert.doesNotMatch(text, new RegExp(SECRET));
    });
  }
});

test("a secret is not in the description of the settings either", () => {
  const result = loaded({
    env: {
      TALLYMAN_OTLP_BEARER_TOKEN: SECRET,
      TALLYMAN_OTLP_HEADERS: `X-Key=${SECRET}`,
      TALLYMAN_OTLP_ENDPOINT: `https://me:${SECRET}@host/v1/metrics?key=${SECRET}`,
    },
  });
  const text = `${describeSettings(result).join("\n")}${JSON.stringify(givenSettings(result))}`;
  assert.doesNotMatch(text, new RegExp(SECRET));
  assert.match(text, /headers: \{ "X-Key": "\*\*\*" \}, \/\/ TALLYMAN_OTLP_HEADERS/);
  assert.match(text, /bearerToken: "\*\*\*", \/\/ TALLYMAN_OTLP_BEARER_TOKEN/);
  assert.match(text, /endpoint: "https:\/\/\*\*\*@host\/v1\/metrics\?key=\*\*\*"/);
});
