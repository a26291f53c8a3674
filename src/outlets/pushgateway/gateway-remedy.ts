import { failureName, type SendFailure } from "../otlp/request-sender.ts";

export interface GatewayRefusal {
  readonly ok: false;
  readonly message: string;
  readonly remedy: string;
}

export function gatewayRefusal(failure: SendFailure, url: URL): GatewayRefusal {
  const said = failure.detail === "" ? "" : `: ${failure.detail}`;
  const message = `${url.href}: ${failureName(failure)}${said}`;
  return { ok: false, message, remedy: gatewayRemedy(failure, { authority: url.host }) };
}

/** What a person can do about it. */
export function gatewayRemedy(failure: SendFailure, { authority }: { authority: string }): string {
  if (failure.kind === "http") return httpRemedy(failure.status);
  if (failure.kind === "timeout")
    return `Look whether ${authority} is overloaded or behind a firewall, or raise pushgateway.timeout.`;
  if (failure.kind === "network") return networkRemedy(failure.code, authority);
  return "Check the files in the settings of pushgateway, and that the agent may read them.";
}

function httpRemedy(status: number): string {
  if (status === 400) {
    return "The Pushgateway says what it can't take: often a metric that another group has in another type. Its /metrics shows the groups.";
  }
  if (status === 401 || status === 403) {
    return "Check the credentials: pushgateway.username, pushgateway.password, pushgateway.bearerToken.";
  }
  if (status === 404 || status === 405) return "Check pushgateway.address, and the path in it: is a Pushgateway there?";
  if (status === 413) return "A proxy in front of the Pushgateway takes no request so large: raise its limit.";
  if (status >= 300 && status <= 399) return "It is elsewhere: set pushgateway.address to what it redirects to.";
  return "Look into the Pushgateway's log; pushes go on by themselves.";
}

function networkRemedy(code: string, authority: string): string {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return "The name is not known here: check pushgateway.address and the agent's network.";
  if (/CERT|SIGNATURE|ISSUER|ALTNAME|SELF_SIGNED/.test(code)) {
    return "Set pushgateway.tls.ca to the authority that signed the certificate, whose name must be that of the address.";
  }
  return `Check that a Pushgateway runs at ${authority}; within a container, localhost is the container itself.`;
}
