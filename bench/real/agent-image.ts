import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { DockerEngine } from "../../test/e2e/harness/docker-engine.ts";
import { imageFolder } from "../../test/e2e/harness/image-folder.ts";
import { temporaryFolder } from "../../test/e2e/harness/temporary-folder.ts";

/** An image as the Dockerfile makes it, without a registry: Node with its libraries and the bundle, nothing else. */
export async function importAgentImage(
  docker: DockerEngine["docker"],
  { bundle }: { bundle: string },
): Promise<string> {
  const tag = "tallyman:bench";
  const folder = temporaryFolder();
  const image = imageFolder(folder.path, ["FROM scratch"]);
  image.copyBinary(process.execPath, "/nodejs/bin/node");
  image.copy(bundle, "/tallyman/tallyman.mjs");
  const archive = join(folder.path, "root.tar");
  execFileSync("tar", ["-C", join(folder.path, "root"), "-cf", archive, "."]);
  await docker("import", "-c", 'ENTRYPOINT ["/nodejs/bin/node"]', archive, tag);
  folder.remove();
  return tag;
}
