import { type Environment, type Findings, noFindings } from "../findings.ts";

export const DOCKER_VARIABLES = ["DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"] as const;

/**
 * The Docker client's own variables (docker/cli 29 cli/flags/options.go): with a non-empty DOCKER_TLS_VERIFY the host is
 * reached by TLS with ca.pem, cert.pem and key.pem of DOCKER_CERT_PATH, or of ~/.docker.
 */
export function readDockerVariables(env: Environment): Findings {
  const findings = noFindings();
  const host = env.DOCKER_HOST?.trim();
  if (!host) return findings;
  if (host.startsWith("ssh://")) {
    findings.notes.push("DOCKER_HOST names an ssh:// address, which Tallyman does not speak; ignored.");
    return findings;
  }
  const secured = Boolean(env.DOCKER_TLS_VERIFY?.trim());
  give("engine.address", secured ? host.replace(/^tcp:/, "https:") : host, "DOCKER_HOST");
  if (secured && !host.startsWith("unix:") && !host.startsWith("npipe:")) {
    const folder = env.DOCKER_CERT_PATH?.trim() || `${env.HOME ?? env.USERPROFILE ?? ""}/.docker`;
    for (const file of ["ca", "cert", "key"]) give(`engine.tls.${file}`, `${folder}/${file}.pem`, "DOCKER_CERT_PATH");
  }
  return findings;

  function give(path: string, value: string, name: string) {
    findings.given.push({ path, value, origin: { rank: "ambient variable", name } });
  }
}
