import { connect, createServer } from "node:net";
import { populate } from "../../../src/demo/engine/populate.ts";
import { startSimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";

/**
 * A program for Windows: a simulated engine on the pipe where Docker Desktop's is, and on another pipe a relay to an engine at a TCP
 * port. It says "listening" once both are there.
 */
populate(await startSimulatedEngine({ address: "//./pipe/docker_engine" }));
const port = Number(process.argv[2]);
createServer((client) => {
  const engine = connect({ host: "127.0.0.1", port });
  client.pipe(engine).pipe(client);
  client.on("error", () => engine.destroy()).on("close", () => engine.destroy());
  engine.on("error", () => client.destroy()).on("close", () => client.destroy());
}).listen("//./pipe/real_engine", () => console.log("listening"));
