/** Where a Pushgateway is: without a slash at its end, and without credentials. */
export function gatewayUrl(address: string): URL {
  const text = address.trim();
  const url = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url) || new URL(url).hostname === "") {
    throw new Error(
      `The Pushgateway's address ${JSON.stringify(address)} is none; expected HOST:PORT or a URL such as http://pushgateway:9091`,
    );
  }
  const parsed = new URL(url);
  if (parsed.username !== "" || parsed.password !== "") {
    throw new Error(
      "The Pushgateway's address holds credentials: give them as pushgateway.username and pushgateway.password",
    );
  }
  return parsed;
}
