import { imageParts } from "../../kit/image-reference.ts";
import type { ContainerAttributes } from "./shipped-record.ts";

interface Described {
  readonly id: string;
  readonly name: string;
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** "docker", "podman" */
  readonly runtime?: string | undefined;
  readonly choosesLabel: (name: string) => boolean;
}

/** By OpenTelemetry's semantic conventions 1.37 (container). */
export function containerAttributes({ id, name, image = "", labels = {}, runtime, choosesLabel }: Described) {
  const attributes: Record<string, string | readonly string[]> = { "container.id": id, "container.name": name };
  const { imageName, tag } = imageParts(image);
  if (imageName !== "") attributes["container.image.name"] = imageName;
  if (tag !== "") attributes["container.image.tags"] = [tag];
  if (runtime !== undefined) attributes["container.runtime"] = runtime;
  for (const [label, value] of Object.entries(labels)) {
    if (choosesLabel(label)) attributes[`container.label.${label}`] = String(value);
  }
  return attributes satisfies ContainerAttributes;
}
