import type { SimulatedContainer } from "./container.ts";
import { isUp, networkModeOf } from "./container.ts";
import type { Containers } from "./containers.ts";
import { infoReply, versionReply } from "./engine-replies.ts";
import { inspectReply } from "./inspect-reply.ts";
import { listReply } from "./list-reply.ts";
import { podmanInspect } from "./podman-replies.ts";
import { isAtLeast } from "./profile.ts";
import { isTrue } from "./query.ts";
import type { LoggedRequest } from "./requests.ts";
import { errorReply, jsonReply, type Reply } from "./send.ts";
import { topReply } from "./top-reply.ts";
import type { View } from "./view.ts";
import { windowsInspect, windowsTop } from "./windows-replies.ts";

/** What a request asks for: a reply that is there at once, or one that needs a stream or time. */
export type Answer =
  | Reply
  | { readonly stream: "events" }
  | { readonly stream: "logs"; readonly container: SimulatedContainer }
  | {
      readonly stream: "stats";
      readonly container: SimulatedContainer;
      readonly stackOwner: SimulatedContainer | undefined;
    };

export function answer(request: LoggedRequest, containers: Containers, view: View): Answer {
  const { path, query } = request;
  const refusal = versionRefusal(request, view);
  if (refusal) return refusal;
  switch (path) {
    case "/_ping":
      return { status: 200, body: "OK", contentType: "text/plain; charset=utf-8" };
    case "/version":
      return jsonReply(versionReply(view));
    case "/info":
      return jsonReply(infoReply(containers.all(), view));
    case "/events":
      return { stream: "events" };
    case "/containers/json":
      return jsonReply(listReply(containers.all(), view, query));
  }
  const [, idOrName = "", part] = /^\/containers\/([^/]+)\/(json|stats|top|logs)$/.exec(path) ?? [];
  if (!part) return errorReply(404, "page not found");
  const container = containers.find(decodeURIComponent(idOrName));
  if (!container) return errorReply(404, `No such container: ${idOrName}`);
  if (part === "json") {
    const reply = inspectReply(container, view, { size: isTrue(query.get("size")) });
    if (view.profile.osType === "windows") return jsonReply(windowsInspect(reply, container));
    return jsonReply(view.profile.flavour === "podman" ? podmanInspect(reply) : reply);
  }
  if (part === "top") {
    return isUp(container)
      ? jsonReply(view.profile.osType === "windows" ? windowsTop(container) : topReply(container))
      : errorReply(409, `container ${container.id} is not running`);
  }
  if (part === "logs") return { stream: "logs", container };
  const [, owner] = /^container:(.+)$/.exec(networkModeOf(container)) ?? [];
  return { stream: "stats", container, stackOwner: owner === undefined ? undefined : containers.find(owner) };
}

function versionRefusal({ apiVersion }: LoggedRequest, { profile }: View): Reply | undefined {
  if (apiVersion === undefined) return undefined;
  const { apiVersion: newest, minApiVersion: oldest } = profile;
  if (!isAtLeast(newest, apiVersion)) {
    const message = `client version ${apiVersion} is too new. Maximum supported API version is ${newest}`;
    return errorReply(400, message);
  }
  if (!isAtLeast(apiVersion, oldest)) {
    const advice = "please upgrade your client to a newer version";
    const message = `client version ${apiVersion} is too old. Minimum supported API version is ${oldest}, ${advice}`;
    return errorReply(400, message);
  }
  return undefined;
}
