import { readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../fixtures/tls");

/** Where a test certificate is, for settings that name files. */
export function tlsFile(name: "ca.crt" | "server.crt" | "server.key" | "client.crt" | "client.key"): string {
  return join(FOLDER, name);
}

const text = (name: Parameters<typeof tlsFile>[0]) => readFileSync(tlsFile(name), "utf8");

/** For servers of 127.0.0.1. */
export function serverTls() {
  return { key: text("server.key"), cert: text("server.crt") };
}

/** The same, of a server that lets in those only who show the test client's certificate. */
export function mutualTls() {
  return { ...serverTls(), clientCa: text("ca.crt") };
}

/** What a client needs for either. */
export function clientTls() {
  return { ca: text("ca.crt"), key: text("client.key"), cert: text("client.crt") };
}
